//! Okta's own Python SDK against the simulator: a client that was not written by us.
//!
//! Needs a Python with `tests/conformance/requirements.txt` installed, named in
//! `ROLLCALL_PYTHON`; without one this test says so and passes.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

use std::{path::Path, process::Stdio};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, EncodingKey, jwk::Jwk};
use rollcall_sandbox::okta::{AdminRole, Okta, Options, SeedClient, SeedUser};

const TOKEN: &str = "00token-of-the-sdk";
const CLIENT: &str = "0oaclientofthesdk000";

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test that needs an interpreter is told which one")]
async fn okta_python_sdk_cannot_tell_the_difference() {
    let Ok(python) = std::env::var("ROLLCALL_PYTHON") else {
        println!("skipped okta_python_sdk_cannot_tell_the_difference: ROLLCALL_PYTHON is not set");
        return;
    };
    let pem = private_key();
    let private = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let mut public = Jwk::from_encoding_key(&private, Algorithm::RS256).unwrap();
    public.common.key_id = Some("conformance".to_owned());

    let okta = Okta::start(Options::default()).await.unwrap();
    let user = {
        let mut org = okta.org();
        org.allow_token(TOKEN, None);
        org.register_client(SeedClient {
            client_id: CLIENT.to_owned(),
            public_key: serde_json::to_value(&public).unwrap(),
            scopes: vec!["okta.users.manage".to_owned(), "okta.groups.manage".to_owned()],
            requires_dpop: true,
            role: AdminRole::Super,
        });
        let user = org.add_user(SeedUser::active("bo.marsh@conformance.example"));
        for scope in ["okta.users.read.self", "okta.myAccount.read", "openid"] {
            org.grant_consent(&user, "0oaphone", scope);
        }
        user
    };
    let before = okta.org().snapshot();

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let key = folder.join("okta_sdk_test_key.pem");
    std::fs::write(&key, pem).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance/okta_sdk.py");
    let mut command = std::process::Command::new(python);
    command
        .arg(script)
        .env("ORG_URL", okta.base_url())
        .env("API_TOKEN", TOKEN)
        .env("CLIENT_ID", CLIENT)
        .env("KEY_ID", "conformance")
        .env("PRIVATE_KEY_FILE", &key)
        .env("USER_WITH_GRANTS", &*user)
        .env("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
        .stdin(Stdio::null());
    // The simulator answers on this runtime: waiting for the script must not stop it.
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let (told, complaints) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}{complaints}");
    assert_eq!(told, "API token: ok\nservice app with DPoP: ok\n", "{complaints}");

    // Both callers revoked one of the three grants, and cleaned everything else up.
    let org = okta.org();
    assert_eq!(org.grants_of(&user).len(), 1);
    let after = org.snapshot();
    for part in ["groups", "rules", "apps", "policies"] {
        assert_eq!(before[part], after[part], "{part}");
    }
    assert_eq!(org.users().count(), 1);
    assert!(org.mails().is_empty(), "nobody asked for mail");
}

fn private_key() -> String {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let lines = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> =
        lines.as_bytes().chunks(64).map(|it| std::str::from_utf8(it).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
