//! Okta as it behaves on bad days, and what the door makes of it.
