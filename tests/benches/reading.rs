//! How fast answers are read: from the socket to what the flows work with.
//!
//! `cargo bench -p rollcall-tests --bench reading` prints the median time for one large page of each
//! vendor, and bytes a second. Beside them, in the same run, what `serde_json` needs to make a
//! `Value` of the same bytes: what a straightforward client would do first.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
};

use divan::{Bencher, counter::BytesCount};
use rollcall::{
    deciders::policy::{self, Policy},
    doors::{
        ledger::{Ledger, Sqlite},
        outbox::Outbox,
        ukg::EmploymentFilter,
    },
    flows::Office,
    shell::{self, credentials::Credentials},
};
use rollcall_sandbox::town::{OKTA_TOKEN, Options, Town};
use rollcall_tests::FIRST_DAY;
use serde_json::Value;
use tokio::runtime::Runtime;

const PEOPLE: usize = 2_000;

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("threads can wait")
}

/// One page of everybody, as the sandbox writes it, in one array.
fn page(runtime: &Runtime, of: Of) -> String {
    runtime.block_on(async {
        let town = Town::start(Options::new(PEOPLE, 7, FIRST_DAY)).await.expect("a free port");
        let client = reqwest::Client::new();
        let (base, path) = match of {
            Of::Okta => (town.okta.base_url(), "/api/v1/users?limit=200"),
            Of::Ukg => (
                town.ukg.base_url(),
                "/personnel/v1/employee-employment-details?page=1&per_page=1000",
            ),
        };
        let credentials = town.credentials();
        let text = |key: &str| credentials["ukg"][key].as_str().expect("it is a text").to_owned();
        let request = match of {
            Of::Okta => client
                .get(format!("{base}{path}"))
                .header("authorization", format!("SSWS {OKTA_TOKEN}")),
            Of::Ukg => client
                .get(format!("{base}{path}"))
                .basic_auth(text("username"), Some(text("password")))
                .header("us-customer-api-key", text("customer_api_key")),
        };
        let answer = request.send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.text().await.expect("it is text")
    })
}

#[derive(Clone, Copy)]
enum Of {
    Okta,
    Ukg,
}

/// Answers every first page with the same body, and every other one with nothing more.
fn serve(body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let body: Arc<str> = body.into();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let body = body.clone();
            std::thread::spawn(move || answer(&stream, &body));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: &TcpStream, body: &str) {
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(request)) = lines.next() {
        while lines.next().is_some_and(|it| it.is_ok_and(|it| !it.is_empty())) {}
        let is_later = request
            .split(['?', '&', ' '])
            .any(|it| it.strip_prefix("page=").is_some_and(|page| page != "1"));
        let body = if is_later { "[]" } else { body };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let sent =
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        if sent.is_err() {
            return;
        }
    }
}

fn office(url: &str) -> Office {
    let credentials = serde_json::json!({
        "ukg": {"base_url": url, "username": "u", "password": "p", "customer_api_key": "k"},
        "okta": {"org_url": url, "api_token": "t"},
    });
    let policy = Policy::compile("rollcall.yaml", policy::EXAMPLE).expect("the example is right");
    let credentials = Credentials::parse(&credentials.to_string()).expect("they are well-formed");
    let ledger = Ledger::new(Arc::new(Sqlite::memory().expect("there is memory")));
    let outbox = Outbox::Folder(std::env::temp_dir());
    shell::office(policy, credentials, ledger, outbox).expect("the credentials can be used")
}

#[divan::bench]
fn okta_users(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let body = page(&runtime, Of::Okta);
    let bytes = BytesCount::new(body.len());
    let office = office(&serve(body));
    bencher.counter(bytes).bench_local(|| {
        let users = runtime.block_on(office.okta.reader().users()).expect("it can be read");
        assert!(!users.is_empty());
        users.len()
    });
}

#[divan::bench]
fn ukg_employments(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let body = page(&runtime, Of::Ukg);
    let bytes = BytesCount::new(body.len());
    let office = office(&serve(body));
    bencher.counter(bytes).bench_local(|| {
        let read = office.ukg.employments(&EmploymentFilter::Everyone);
        let rows = runtime.block_on(read).expect("it can be read").rows;
        assert!(!rows.is_empty());
        rows.len()
    });
}

#[divan::bench(args = ["okta", "ukg"])]
fn reference_value_without_a_socket(bencher: Bencher<'_, '_>, of: &str) {
    let body = page(&runtime(), if of == "okta" { Of::Okta } else { Of::Ukg });
    bencher.counter(BytesCount::new(body.len())).bench_local(|| {
        let value: Value = serde_json::from_str(&body).expect("it is JSON");
        value.as_array().map_or(0, Vec::len)
    });
}
