//! The key that seals are signed with: Ed25519 (RFC 8032), as PEM like any other key.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};

use super::super::{error::Error, hex, sha256};

/// What comes before the 32 bytes of a public key in its X.509 form (RFC 8410, section 4).
const PUBLIC_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A text that is no such key. Nothing of the text is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an Ed25519 key in PEM; `rollcall audit keygen` makes one")]
pub struct Unusable;

/// Signs seals.
pub struct Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public.id())
    }
}

impl Signer {
    /// Makes a new key: the signer, and the private key as PEM (PKCS#8).
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn generate() -> Result<(Self, SecretString), Unusable> {
        let pair = Ed25519KeyPair::generate().map_err(|_| Unusable)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| Unusable)?;
        let pem = SecretString::from(pem_of("PRIVATE KEY", der.as_ref()));
        Ok((Self::of(pair)?, pem))
    }

    /// Reads the private key.
    ///
    /// # Errors
    /// [`Unusable`]
    pub fn parse(pem: &SecretString) -> Result<Self, Unusable> {
        let der = der_of("PRIVATE KEY", pem.expose_secret()).ok_or(Unusable)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| Unusable)?;
        Self::of(pair)
    }

    fn of(pair: Ed25519KeyPair) -> Result<Self, Unusable> {
        let public = pair.public_key().as_ref().try_into().map_err(|_| Unusable)?;
        Ok(Self { pair, public: PublicKey(public) })
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The signature of a text, in hex.
    pub(super) fn sign(&self, text: &str) -> String {
        hex(self.pair.sign(text.as_bytes()).as_ref())
    }
}

/// Checks signatures; no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads the key as PEM (X.509 `SubjectPublicKeyInfo`, what `openssl pkey -pubout` writes too).
    ///
    /// # Errors
    /// [`Unusable`]
    pub fn parse(pem: &str) -> Result<Self, Unusable> {
        let der = der_of("PUBLIC KEY", pem).ok_or(Unusable)?;
        let raw = der.strip_prefix(&PUBLIC_PREFIX).ok_or(Unusable)?;
        raw.try_into().map(Self).map_err(|_| Unusable)
    }

    /// The key as PEM.
    pub fn pem(&self) -> String {
        pem_of("PUBLIC KEY", &[&PUBLIC_PREFIX[..], &self.0].concat())
    }

    /// A short name for the key: 16 hex digits of its SHA-256.
    pub fn id(&self) -> String {
        hex(&sha256(&[&self.0]))[..16].to_owned()
    }

    pub(super) fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(text.as_bytes(), signature).is_ok()
    }
}

fn pem_of(label: &str, der: &[u8]) -> String {
    // Both of our keys fit one line of 64 characters.
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn der_of(label: &str, pem: &str) -> Option<Vec<u8>> {
    // A PEM that went through an environment variable or two often has its line ends spelled.
    let pem = pem.replace("\\n", "\n");
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let body: String = body.split_whitespace().collect();
    STANDARD.decode(body).ok()
}

/// Randomness for a salt.
pub(super) fn random() -> Result<[u8; 32], Error> {
    let mut res = [0; 32];
    match rand::fill(&mut res) {
        Ok(()) => Ok(res),
        Err(_) => Err(Error::Unavailable("this machine gives no randomness".into())),
    }
}
