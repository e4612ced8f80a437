//! The world of the stories.
