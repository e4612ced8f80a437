//! The same work with an OAuth service app: `private_key_jwt` and `DPoP`.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::civil::date;
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use rollcall::doors::okta::DEFAULT_SCOPES;
use rollcall_sandbox::{
    company::hr::{self, Leaving},
    okta::{AdminRole, SeedClient, Status},
};
use rollcall_tests::World;
use serde_json::json;

/// The service app's client id.
pub const CLIENT: &str = "0oaRollcallService00";

fn private_key() -> String {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).expect("a key can be made");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("a key can be written");
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|it| std::str::from_utf8(it).expect("base64 is ASCII"))
        .collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// Registers a service app with what was granted, and gives the credentials that ask for `asked`.
pub fn service_app(world: &World, granted: &[&str], asked: &[&str], role: AdminRole) -> String {
    let pem = private_key();
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).expect("our own key");
    let mut public = Jwk::from_encoding_key(&key, Algorithm::RS256).expect("our own key");
    public.common.key_id = Some("rollcall-1".to_owned());
    world.town.okta.org().register_client(SeedClient {
        client_id: CLIENT.to_owned(),
        public_key: serde_json::to_value(&public).expect("a key is JSON"),
        scopes: granted.iter().map(|it| (*it).to_owned()).collect(),
        requires_dpop: true,
        role,
    });
    let mut credentials = world.town.credentials();
    credentials["okta"] = json!({
        "org_url": world.town.okta.base_url(), "client_id": CLIENT, "key_id": "rollcall-1",
        "private_key_pem": pem, "scopes": asked,
    });
    credentials.to_string()
}

#[tokio::test]
async fn leaver_is_cut_off_by_a_service_app_that_must_prove_possession() {
    let mut world = World::settled().await;
    let credentials = service_app(&world, &DEFAULT_SCOPES, &DEFAULT_SCOPES, AdminRole::Super);
    world.restart(&credentials);

    let person = world.someone_at("NYC1");
    world.at("2026-03-06T18:00:00Z");
    world.hr(|company| hr::terminate(company, &person, Leaving::resigned(date(2026, 3, 4))));
    world.run_all().await;
    let seen = world.okta(&person);
    assert_eq!(
        (seen.status, seen.sessions, seen.tokens, seen.grants),
        (Status::Suspended, 0, 0, 0)
    );
    world.assert_converged().await;
}
