//! Service apps: signed assertions, DPoP, scopes, and the role that makes them see anything.

use aws_lc_rs::{encoding::AsDer, rsa};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use rollcall_sandbox::{
    Clock,
    okta::{AdminRole, GroupKind, SeedClient, SeedUser},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Bed, Reply};

const CLIENT: &str = "0oaclientoftests0000";

struct Key {
    private: EncodingKey,
    public: Jwk,
}

impl Key {
    fn new() -> Self {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(der.as_ref())
        );
        let private = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        let public = Jwk::from_encoding_key(&private, Algorithm::RS256).unwrap();
        Self { private, public }
    }

    fn sign(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &self.private).unwrap()
    }

    fn prove(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some("dpop+jwt".to_owned());
        header.jwk = Some(self.public.clone());
        jsonwebtoken::encode(&header, claims, &self.private).unwrap()
    }
}

fn now() -> i64 {
    Clock::machine().as_second()
}

/// A bed with one registered service app.
struct App {
    bed: Bed,
    key: Key,
    dpop: Key,
}

impl App {
    async fn new(requires_dpop: bool, scopes: &[&str], role: AdminRole) -> Self {
        let (bed, key) = (Bed::new().await, Key::new());
        bed.okta.org().register_client(SeedClient {
            client_id: CLIENT.to_owned(),
            public_key: serde_json::to_value(&key.public).unwrap(),
            scopes: scopes.iter().map(|it| (*it).to_owned()).collect(),
            requires_dpop,
            role,
        });
        Self { bed, key, dpop: Key::new() }
    }

    fn token_url(&self) -> String {
        format!("{}/oauth2/v1/token", self.bed.okta.base_url())
    }

    fn claims(&self, jti: &str) -> Value {
        json!({"iss": CLIENT, "sub": CLIENT, "aud": self.token_url(), "iat": now(), "exp": now() + 300, "jti": jti})
    }

    async fn ask(&self, claims: &Value, scope: &str, proof: Option<String>) -> Reply {
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", scope),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &self.key.sign(claims)),
        ];
        let mut request = self.bed.http.post(self.token_url()).form(&form);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.bed.send(request).await
    }

    async fn bearer(&self, scope: &str) -> String {
        let jti = format!("jti-{scope}-{}", self.bed.okta.wire().calls().len());
        let reply = self.ask(&self.claims(&jti), scope, None).await;
        assert_eq!(reply.body["token_type"], "Bearer", "{}", reply.body);
        reply.body["access_token"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str, authorization: &str, proof: Option<String>) -> Reply {
        let url = format!("{}/api/v1{path}", self.bed.okta.base_url());
        let mut request = self.bed.http.get(url).header("authorization", authorization);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.bed.send(request).await
    }
}

#[tokio::test]
async fn assertions_are_checked_and_good_for_one_call() {
    let app = App::new(false, &["okta.users.read"], AdminRole::Super).await;
    let scope = "okta.users.read";
    assert_eq!(app.ask(&app.claims("one"), scope, None).await.status, 200);
    let again = app.ask(&app.claims("one"), scope, None).await;
    assert_eq!((again.status.as_u16(), &again.body["error"]), (401, &json!("invalid_client")));
    assert_eq!(
        again.body["error_description"],
        "The client_assertion token has already been used."
    );
    for (name, value) in [
        ("aud", json!("https://elsewhere.example/oauth2/v1/token")),
        ("exp", json!(now() - 10)),
        ("exp", json!(now() + 4_000)),
        ("iat", json!(now() + 600)),
        ("sub", json!("somebody")),
        ("iss", json!("somebody")),
    ] {
        let mut claims = app.claims(&format!("bad {name} {value}"));
        claims[name] = value;
        assert_eq!(app.ask(&claims, scope, None).await.status, 401, "{claims}");
    }
    let ungranted = app.ask(&app.claims("two"), "okta.groups.read", None).await;
    assert_eq!(ungranted.body["error"], "invalid_scope");
    let stranger = App { key: Key::new(), ..app };
    assert_eq!(stranger.ask(&stranger.claims("three"), scope, None).await.status, 401);
}

#[tokio::test]
async fn manage_covers_read_and_nothing_else_is_covered() {
    let scopes = ["okta.users.manage", "okta.groups.read"];
    let app = App::new(false, &scopes, AdminRole::Super).await;
    let token = format!("Bearer {}", app.bearer("okta.users.manage").await);
    assert_eq!(app.get("/users", &token, None).await.status, 200);
    let reply = app.get("/groups", &token, None).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (403, "E0000006"));
    app.bed.okta.org().revoke_access_tokens();
    let reply = app.get("/users", &token, None).await;
    assert_eq!((reply.status.as_u16(), reply.code()), (401, "E0000011"));
}

#[tokio::test]
async fn service_app_without_a_role_sees_an_empty_company() {
    let app = App::new(false, &["okta.users.manage", "okta.groups.read"], AdminRole::None).await;
    let user = app.bed.okta.org().add_user(SeedUser::active("ada.lind@brightfield.example"));
    let token = format!("Bearer {}", app.bearer("okta.users.manage okta.groups.read").await);
    let reply = app.get("/users", &token, None).await;
    assert_eq!((reply.status.as_u16(), reply.body), (200, json!([])));
    assert_eq!(app.get(&format!("/users/{user}"), &token, None).await.code(), "E0000006");
}

#[tokio::test]
async fn lesser_admin_cannot_touch_admins() {
    let app = App::new(false, &["okta.users.manage"], AdminRole::Limited).await;
    let (admin, other) = {
        let mut org = app.bed.okta.org();
        let admin = org.add_user(SeedUser::active("ada.lind@brightfield.example"));
        org.add_admin(&admin, "SUPER_ADMIN");
        org.add_group("Finance", GroupKind::Okta);
        (admin, org.add_user(SeedUser::active("bo.marsh@brightfield.example")))
    };
    let token = format!("Bearer {}", app.bearer("okta.users.manage").await);
    for (user, expected) in [(admin, 403), (other, 200)] {
        let path = format!("{}/api/v1/users/{user}/lifecycle/suspend", app.bed.okta.base_url());
        let request = app.bed.http.post(path).header("authorization", &token);
        assert_eq!(app.bed.send(request).await.status, expected);
    }
}

#[tokio::test]
async fn dpop_takes_a_nonce_and_binds_the_token_to_the_key() {
    let app = App::new(true, &["okta.users.read"], AdminRole::Super).await;
    let scope = "okta.users.read";
    let missing = app.ask(&app.claims("1"), scope, None).await;
    assert_eq!(missing.status, 400);
    assert_eq!(
        missing.body,
        json!({"error": "invalid_dpop_proof", "error_description": "The DPoP proof JWT header is missing."})
    );

    let proof =
        |jti: &str| json!({"htm": "POST", "htu": app.token_url(), "iat": now(), "jti": jti});
    let challenge = app.ask(&app.claims("2"), scope, Some(app.dpop.prove(&proof("p1")))).await;
    assert_eq!(challenge.status, 400);
    assert_eq!(
        challenge.body,
        json!({"error": "use_dpop_nonce", "error_description": "Authorization server requires nonce in DPoP proof."})
    );
    let nonce = challenge.headers["dpop-nonce"].to_str().unwrap();

    let mut with_nonce = proof("p2");
    with_nonce["nonce"] = json!(nonce);
    // The assertion of the challenged request is spent, although nothing came of it.
    let spent = app.ask(&app.claims("2"), scope, Some(app.dpop.prove(&with_nonce))).await;
    assert_eq!(spent.body["error"], "invalid_client");
    let granted = app.ask(&app.claims("3"), scope, Some(app.dpop.prove(&with_nonce))).await;
    assert_eq!(granted.body["token_type"], "DPoP", "{}", granted.body);
    let token = granted.body["access_token"].as_str().unwrap();

    let ath = URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()));
    let htu = format!("{}/api/v1/users", app.bed.okta.base_url());
    let good = |jti: &str| json!({"htm": "GET", "htu": htu, "iat": now(), "jti": jti, "ath": ath});
    let authorization = format!("DPoP {token}");
    let path = "/users?limit=1";
    let reply = app.get(path, &authorization, Some(app.dpop.prove(&good("r1")))).await;
    assert_eq!(reply.status, 200, "{}", reply.body);

    for (name, value) in [
        ("jti", json!("r1")),
        ("htm", json!("POST")),
        ("htu", json!(format!("{htu}?limit=1"))),
        ("iat", json!(now() - 400)),
        ("ath", json!("nothing")),
    ] {
        let mut claims = good(&format!("bad {name}"));
        claims[name] = value;
        let reply = app.get(path, &authorization, Some(app.dpop.prove(&claims))).await;
        assert_eq!(reply.code(), "invalid_dpop_proof", "{claims}");
    }
    let foreign = Key::new().prove(&good("r2"));
    assert_eq!(app.get(path, &authorization, Some(foreign)).await.status, 400);
    assert_eq!(app.get(path, &authorization, None).await.status, 400);
    assert_eq!(app.get(path, &format!("Bearer {token}"), None).await.status, 401);
}
