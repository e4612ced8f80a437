//! What the stories about the UKG Pro simulator share.

use jiff::{Timestamp, civil::date};
use reqwest::{Client, RequestBuilder, StatusCode};
use rollcall_sandbox::{
    Clock,
    company::Company,
    ukg::{CUSTOMER_KEY, Options, PASSWORD, USER, Ukg},
};
use serde_json::Value;

pub const TODAY: jiff::civil::Date = date(2025, 3, 3);
pub const OLD: &str = "/personnel/v1/employment-details";
pub const NEW: &str = "/personnel/v1/employee-employment-details";
pub const PERSON: &str = "/personnel/v1/person-details";

/// A simulator of 120 people on the morning of 3 March 2025, and a client that may read it.
pub struct World {
    /// The simulator.
    pub ukg: Ukg,
    /// A client.
    pub client: Client,
}

impl World {
    pub async fn new(change: impl FnOnce(&mut Options)) -> Self {
        Self::of(120, change).await
    }

    pub async fn of(people: usize, change: impl FnOnce(&mut Options)) -> Self {
        let mut options =
            Options { clock: Clock::at(at("2025-03-03T17:30:00Z")), ..Options::default() };
        change(&mut options);
        let company = Company::generate(people, 1, TODAY).shared();
        let ukg = Ukg::start(options, company).await.unwrap();
        Self { ukg, client: Client::new() }
    }

    pub fn ask(&self, target: &str) -> RequestBuilder {
        self.client
            .get(format!("{}{target}", self.ukg.base_url()))
            .basic_auth(USER, Some(PASSWORD))
            .header("us-customer-api-key", CUSTOMER_KEY)
    }

    pub async fn status(&self, target: &str) -> StatusCode {
        self.ask(target).send().await.unwrap().status()
    }

    pub async fn rows(&self, target: &str) -> Vec<Value> {
        let response = self.ask(target).send().await.unwrap();
        assert_eq!(response.status(), 200, "{target}");
        response.json().await.unwrap()
    }

    pub fn some_employee(&self) -> (String, String) {
        self.ukg.hr(|company| {
            let it = company.people_here_on(TODAY).nth(30).unwrap();
            (it.person_id.to_owned(), it.employee_id.to_owned())
        })
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
