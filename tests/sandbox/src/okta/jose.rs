//! Signatures: client assertions and DPoP proofs.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation,
    jwk::{Jwk, ThumbprintHash},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Clock;

/// What Okta accepts from clients.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::RS384, Algorithm::RS512, Algorithm::ES256, Algorithm::ES384];

/// Proofs older than this are refused.
const OLDEST_PROOF_SECONDS: i64 = 300;
/// How far a clock may be ahead of ours. Okta says "not in the future"; machines disagree by a second.
const SKEW_SECONDS: i64 = 5;

/// A DPoP proof whose signature, method, URL and age are right.
#[derive(Debug)]
pub(crate) struct Proof {
    /// The thumbprint of the key that signed it.
    pub thumbprint: String,
    /// Its id, good for one call.
    pub jti: String,
    /// The hash of the access token it goes with.
    pub ath: Option<String>,
    /// The server's nonce it carries.
    pub nonce: Option<String>,
}

/// The claims of a JWT that one of these keys signed.
pub(crate) fn verified(token: &str, keys: &[Jwk]) -> Result<Value, &'static str> {
    let header = header(token)?;
    let mut candidates = keys.iter().filter(|it| {
        // Without a `kid` every key is tried, as Okta does for an app with one key.
        header.kid.is_none() || it.common.key_id.is_none() || it.common.key_id == header.kid
    });
    candidates
        .find_map(|key| claims(token, key, header.alg))
        .ok_or("The client_assertion signature is invalid.")
}

/// Checks a proof against the request it came with.
pub(crate) fn proof(token: &str, method: &str, url: &str) -> Result<Proof, &'static str> {
    let header = header(token).map_err(|_| "The DPoP proof JWT is invalid.")?;
    if header.typ.as_deref() != Some("dpop+jwt") {
        return Err("The DPoP proof JWT header 'typ' is invalid.");
    }
    let key = header.jwk.as_ref().ok_or("The DPoP proof JWT header has no 'jwk'.")?;
    let claims =
        claims(token, key, header.alg).ok_or("The DPoP proof JWT signature is invalid.")?;
    if claims["htm"].as_str() != Some(method) {
        return Err("The DPoP proof JWT 'htm' claim is invalid.");
    }
    // No query and no fragment: RFC 9449, 4.2.
    if claims["htu"].as_str() != Some(url) {
        return Err("The DPoP proof JWT 'htu' claim is invalid.");
    }
    let age = claims["iat"].as_i64().map(|it| now() - it).ok_or("The 'iat' claim is missing.")?;
    if !(-SKEW_SECONDS..=OLDEST_PROOF_SECONDS).contains(&age) {
        return Err("The DPoP proof JWT 'iat' claim is too old or in the future.");
    }
    let jti = claims["jti"].as_str().ok_or("The DPoP proof JWT 'jti' claim is missing.")?;
    let thumbprint =
        key.thumbprint(ThumbprintHash::SHA256).map_err(|_| "The DPoP proof JWT key is invalid.")?;
    Ok(Proof {
        thumbprint,
        jti: jti.to_owned(),
        ath: claims["ath"].as_str().map(str::to_owned),
        nonce: claims["nonce"].as_str().map(str::to_owned),
    })
}

/// The hash by which a proof names an access token.
pub(crate) fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// Now, in seconds, by the machine's clock.
pub(crate) fn now() -> i64 {
    Clock::machine().as_second()
}

/// Checks the times of a client assertion: not over, not from the future, an hour at the most.
pub(crate) fn check_times(claims: &Value) -> Result<(), &'static str> {
    let expires = claims["exp"].as_i64().ok_or("The client_assertion has no 'exp' claim.")?;
    if expires <= now() {
        return Err("The client_assertion token is expired.");
    }
    if expires > now() + 3_600 + SKEW_SECONDS {
        return Err("The client_assertion token has an expiration too far into the future.");
    }
    if claims["iat"].as_i64().is_some_and(|it| it > now() + SKEW_SECONDS) {
        return Err("The client_assertion token was issued in the future.");
    }
    Ok(())
}

fn header(token: &str) -> Result<Header, &'static str> {
    let header = jsonwebtoken::decode_header(token)
        .map_err(|_| "The client_assertion is not a valid JWT.")?;
    if ALGORITHMS.contains(&header.alg) {
        Ok(header)
    } else {
        Err("The client_assertion's algorithm is not supported.")
    }
}

fn claims(token: &str, key: &Jwk, algorithm: Algorithm) -> Option<Value> {
    let key = DecodingKey::from_jwk(key).ok()?;
    let mut validation = Validation::new(algorithm);
    // The times are checked by hand, with Okta's own bounds and words.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<Value>(token, &key, &validation).ok().map(|it| it.claims)
}
