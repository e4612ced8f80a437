//! SHA-256 as text: how policies, plans, steps and messages are told apart.

use sha2::{Digest, Sha256};

/// The digest of a text, as 64 lower-case hex digits.
pub(crate) fn digest_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}
