//! The two kinds of JWT that Okta wants: the client assertion and the DPoP proof
//! (reference/okta.md, sections 7.2 and 7.3). Nothing here sends or waits.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A key cannot be read, made or used. Deliberately without a source: a parser's message may
/// quote the key.
#[derive(Debug)]
pub(super) struct Unusable;

/// Okta allows an hour; five minutes are enough for one request, and short is safe.
const ASSERTION_LIFETIME_S: i64 = 300;

/// The registered key that proves who we are.
pub(super) struct ClientKey {
    key: EncodingKey,
    algorithm: Algorithm,
    key_id: Option<String>,
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
}

impl ClientKey {
    /// Reads the PEM and signs once with it, so that a bad key is found before the first call.
    pub(super) fn parse(pem: &SecretString, key_id: Option<&str>) -> Result<Self, Unusable> {
        // A PEM that went through an environment variable or two often has its line ends spelled.
        let pem = SecretString::from(pem.expose_secret().replace("\\n", "\n"));
        let pem = pem.expose_secret().as_bytes();
        let (key, algorithm) = match EncodingKey::from_rsa_pem(pem) {
            Ok(key) => (key, Algorithm::RS256),
            Err(_) => (EncodingKey::from_ec_pem(pem).map_err(|_| Unusable)?, Algorithm::ES256),
        };
        let res = Self { key, algorithm, key_id: key_id.map(str::to_owned) };
        res.assertion("probe", "probe", Timestamp::UNIX_EPOCH)?;
        Ok(res)
    }

    /// A fresh client assertion: its `jti` may be used once only.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<String, Unusable> {
        let iat = now.as_second();
        let claims = Assertion {
            iss: client_id,
            sub: client_id,
            aud: audience,
            iat,
            exp: iat + ASSERTION_LIFETIME_S,
            jti: fresh_id()?,
        };
        let mut header = Header::new(self.algorithm);
        header.kid.clone_from(&self.key_id);
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(|_| Unusable)
    }
}

/// The key of this process's DPoP proofs. It is never stored and never leaves this process.
pub(super) struct ProofKey {
    key: EncodingKey,
    public: Jwk,
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofKey").finish_non_exhaustive()
    }
}

/// What a proof is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a url::Url,
    pub(super) nonce: Option<&'a str>,
    pub(super) access_token: Option<&'a SecretString>,
}

#[derive(Serialize)]
struct ProofClaims<'a> {
    htm: &'a str,
    htu: String,
    iat: i64,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ath: Option<String>,
}

impl ProofKey {
    /// Makes an RSA-2048 key: a fraction of a second of one core. RSA, because that is what
    /// Okta's guides and SDKs use; one careful reader of the API says that EC is refused
    /// (reference/okta.md, section 7.3).
    pub(super) fn generate() -> Result<Self, Unusable> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| Unusable)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| Unusable)?;
        let pem = pem_of(der.as_ref());
        let key =
            EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes()).map_err(|_| Unusable)?;
        let public = Jwk::from_encoding_key(&key, Algorithm::RS256).map_err(|_| Unusable)?;
        Ok(Self { key, public })
    }

    /// A fresh proof: its `jti` may be used once only.
    pub(super) fn sign(&self, proof: Proof<'_>, now: Timestamp) -> Result<String, Unusable> {
        let Proof { method, url, nonce, access_token } = proof;
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(self.public.clone());
        let claims = ProofClaims {
            htm: method,
            htu: htu(url),
            iat: now.as_second(),
            jti: fresh_id()?,
            nonce,
            ath: access_token
                .map(|it| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(it.expose_secret()))),
        };
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(|_| Unusable)
    }
}

/// The PEM text of a PKCS#8 key.
pub(super) fn pem_of(pkcs8: &[u8]) -> SecretString {
    let mut res = String::from("-----BEGIN PRIVATE KEY-----");
    for (i, letter) in BASE64_STANDARD.encode(pkcs8).chars().enumerate() {
        if i % 64 == 0 {
            res.push('\n');
        }
        res.push(letter);
    }
    res.push_str("\n-----END PRIVATE KEY-----\n");
    res.into()
}

/// Scheme, host and path: RFC 9449, section 4.2, leaves query and fragment out.
fn htu(url: &url::Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

/// 128 random bits: Okta refuses a `jti` it has seen.
fn fresh_id() -> Result<String, Unusable> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Unusable)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_none_is_refused_without_being_repeated() {
        let pem =
            SecretString::from("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----");
        let error = format!("{:?}", ClientKey::parse(&pem, None).unwrap_err());
        assert_eq!(error, "Unusable");
    }

    #[test]
    fn the_query_is_not_part_of_what_a_proof_names() {
        let url = url::Url::parse("https://acme.okta.com/api/v1/users?limit=200#x").unwrap();
        assert_eq!(htu(&url), "https://acme.okta.com/api/v1/users");
    }

    #[test]
    fn ids_do_not_repeat() {
        assert_ne!(fresh_id().unwrap(), fresh_id().unwrap());
    }
}
