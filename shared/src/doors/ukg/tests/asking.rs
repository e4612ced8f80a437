use expect_test::{Expect, expect};
use jiff::civil::date;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

#[tokio::test]
async fn who_we_are_is_said_in_every_request_as_ukg_wants_it() {
    let stage = stage(settings(), |_, _| ok("[]")).await;
    stage.client.jobs().await.unwrap();
    let heard = stage.heard.lock().unwrap();
    let headers = &heard[0].1;
    assert_eq!(headers["authorization"], "Basic cm9sbGNhbGw6b3BlbnNlc2FtZQ==");
    assert_eq!(headers["us-customer-api-key"], "3SKPV");
    assert_eq!(headers["accept"], "application/json");
    assert_eq!(stage.client.calls(), 1);
}

#[tokio::test]
async fn questions_are_written_in_ukgs_syntax() {
    let stage = stage(settings(), |_, _| ok("[]")).await;
    let old = stage_of(Shape::Old).await;
    let (client, day, ada) = (&stage.client, date(2026, 3, 1), "EQKKKU000020".into());
    client.changed_employees(day).await.unwrap();
    client.employments(&EmploymentFilter::Employee(ada)).await.unwrap();
    let ada = "EQKKKU000020".into();
    client.persons(&PersonFilter::Employee(ada)).await.unwrap();
    let ada = "EQKKKU000020".into();
    client.contracts(&EmployeeFilter::Employee(ada)).await.unwrap();
    client.supervisors(&EmployeeFilter::Everyone).await.unwrap();
    let (start, end) = ("2026-03-06T01:02:03.5Z", "2026-03-06T04:00:00Z");
    client.changes(start.parse().unwrap(), end.parse().unwrap()).await.unwrap();
    client.catalog().await.unwrap();
    client.code_table("JOBFAMILY").await.unwrap();
    let ada = "EQKKKU000020".into();
    old.client.employments(&EmploymentFilter::Employee(ada)).await.unwrap();
    let mut heard = stage.heard();
    heard.extend(old.heard());
    heard[9..13].sort(); // The catalog is asked for all at once.
    expect![[r#"
        /personnel/v1/employee-employment-details?dateTimeChanged=%3E02-28-2026&page=1&per_Page=10000
        /personnel/v1/employee-employment-details?dateOfTermination=%3E02-28-2026&page=1&per_Page=10000
        /personnel/v1/employee-employment-details?lastHireDate=%3E02-28-2026&page=1&per_Page=10000
        /personnel/v1/person-details?dateTimeChanged=%3E02-28-2026&page=1&per_Page=10000
        /personnel/v1/employee-employment-details?employeeID=EQKKKU000020&page=1&per_Page=10000
        /personnel/v1/person-details/EQKKKU000020
        /personnel/v1/employee-contract-details?employeeId=EQKKKU000020&page=1&per_Page=10000
        /personnel/v1/employee-supervisor-details?page=1&per_Page=10000
        /personnel/v1/employee-changes?startDate=2026-03-06T01%3A02%3A03Z&endDate=2026-03-06T04%3A00%3A00Z&page=1&per_page=200
        /configuration/v1/company-details?page=1&per_Page=10000
        /configuration/v1/jobs
        /configuration/v1/locations
        /configuration/v1/org-levels
        /configuration/v1/code-tables/JOBFAMILY
        /personnel/v1/employment-details?employeeId=EQKKKU000020&page=1&per_Page=10000"#]]
    .assert_eq(&heard.join("\n"));
}

async fn stage_of(shape: Shape) -> Stage {
    stage(Settings { shape, ..settings() }, |_, _| ok("[]")).await
}

#[tokio::test]
async fn an_id_from_outside_is_not_let_into_the_question() {
    let stage = stage(settings(), |_, _| ok("[]")).await;
    for id in ["*", "..", "[A,B]", "A&employeeId=B", "A/../B", "", "É"] {
        let people = Scope::Employees([id.into()].into());
        let error = stage.client.people(&people).await.unwrap_err();
        assert_eq!(error.verdict(), crate::doors::Verdict::Refuse);
    }
    assert!(stage.client.code_table("../jobs").await.is_err());
    assert!(stage.heard().is_empty());
}

/// Meets one failure first, then an answer.
async fn check_passing(
    failure: impl Fn() -> Response<Body> + Clone + Send + Sync + 'static,
    expected: Expect,
) {
    let stage = stage(settings(), move |n, uri| match (n, page_of(uri)) {
        (0, _) => failure(),
        (_, 1) => ok(employments(0, 1)),
        _ => ok("[]"),
    })
    .await;
    let read = stage.client.employments(&EmploymentFilter::Everyone).await;
    expected.assert_eq(&format!("{}, {} calls", told(&read), stage.client.calls()));
}

#[tokio::test]
async fn what_passes_is_waited_for_and_what_stays_is_not() {
    let answer = || expect!["E0 in 1 pages, 3 calls"];
    check_passing(|| status(429, "{}"), answer()).await;
    check_passing(|| with(status(429, ""), "retry-after", "0"), answer()).await;
    check_passing(|| status(500, "<html>"), answer()).await;
    check_passing(|| status(503, ""), answer()).await;
    check_passing(
        || with(status(429, ""), "retry-after", "3600"),
        expect!["ukg asked us to slow down on employee-employment-details (Retry { after: 3600s }), 1 calls"],
    )
    .await;
    check_passing(
        || status(401, "{}"),
        expect!["ukg does not know the credentials, asked for employee-employment-details (Page), 1 calls"],
    )
    .await;
    check_passing(
        || status(403, "{}"),
        expect![[r#"ukg refuses employee-employment-details: the account lacks View on "Personnel Integration" (Page), 1 calls"#]],
    )
    .await;
    check_passing(
        || status(404, "{}"),
        expect!["ukg has no employee-employment-details (Page), 1 calls"],
    )
    .await;
    check_passing(
        || with(status(302, ""), "location", "https://evil.example/"),
        expect!["ukg answered employee-employment-details with 302 Found (Page), 1 calls"],
    )
    .await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_asked_for_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        for body in ["[{\"code\":", "[{\"code\":\"CAADMIN\"}]"] {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await.unwrap();
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 20\r\n\r\n";
            socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
    });
    let credentials = Credentials {
        base_url,
        username: "rollcall".to_owned(),
        password: "opensesame".into(),
        customer_api_key: "3SKPV".into(),
    };
    let client = Client::new(credentials, settings()).unwrap();
    assert_eq!(client.jobs().await.unwrap().rows.len(), 1);
    assert_eq!(client.calls(), 2);
}

#[tokio::test]
async fn no_rows_may_be_a_404_where_ukg_says_so() {
    let stage = stage(settings(), |_, _| status(404, "{}")).await;
    let supervisors = stage.client.supervisors(&EmployeeFilter::Everyone).await.unwrap();
    assert_eq!(supervisors, Read::default());
    let people = stage.client.people(&Scope::Employees(["E1".into()].into())).await.unwrap();
    assert_eq!(people, Read::default());
    assert!(stage.client.people(&Scope::Everyone).await.is_err());
}

#[tokio::test]
async fn beyond_the_last_supervisor_a_404_is_the_end() {
    let stage = stage(settings(), |_, uri| match page_of(uri) {
        1 => ok(employments(0, 3)),
        _ => status(404, ""),
    })
    .await;
    let supervisors = stage.client.supervisors(&EmployeeFilter::Everyone).await.unwrap();
    assert_eq!(supervisors.rows.len(), 3);
}

#[tokio::test]
async fn a_web_servers_own_404_is_not_no_rows() {
    let stage = stage(settings(), |_, _| status(404, "<!DOCTYPE html><h1>Not found</h1>")).await;
    assert!(stage.client.supervisors(&EmployeeFilter::Everyone).await.is_err());
}

#[tokio::test]
async fn a_missing_grant_is_told_by_its_name_in_ukg() {
    let stage = stage(settings(), |_, uri| {
        let is_companies = uri.path().ends_with("company-details");
        if is_companies { status(403, "{}") } else { ok("[]") }
    })
    .await;
    let error = stage.client.catalog().await.unwrap_err();
    expect![[r#"Grant the web service account View on "Company Configuration Integration" (System Configuration > Security > Web Services)."#]]
        .assert_eq(&error.advice());
}

#[tokio::test]
async fn a_poll_reads_the_changed_whole_and_nobody_else() {
    let stage = stage(settings(), |_, uri| {
        let asked = format!("{}?{}", uri.path(), uri.query().unwrap_or_default());
        let person = r#"{"personId":"P1","employeeId":"E1","companyId":"6Y4NV"}"#;
        if page_of(uri) > 1 {
            return ok("[]");
        }
        if asked.contains("employeeID=E1") {
            ok(r#"[{"employeeID":"E1","companyID":"6Y4NV"},{"employeeID":"E1","companyID":"HDLBX"}]"#)
        } else if asked.contains("/person-details/E1") {
            ok(format!("[{person}]"))
        } else if asked.contains("person-details?dateTimeChanged") {
            ok(format!("[{person},{{\"lastName\":\"Kent\"}}]"))
        } else if asked.contains("dateOfTermination") {
            ok(r#"[{"employeeID":"E1"}]"#) // Unreadable, and a change all the same.
        } else {
            ok("[]")
        }
    })
    .await;
    let read = stage.client.people(&Scope::ChangedSince(date(2026, 3, 6))).await.unwrap();
    assert_eq!(read.rows.employments.len(), 2);
    assert_eq!(read.rows.persons.len(), 1);
    let findings: Vec<String> = read.findings.iter().map(ToString::to_string).collect();
    expect![[r#"
        held employee E1 (malformed-row): employee-employment-details: companyID is missing; correct it in UKG
        held row 1 (malformed-row): person-details: personId is missing; correct it in UKG
        held row 1 (malformed-row): person-details: employeeId is missing; correct it in UKG"#]]
    .assert_eq(&findings.join("\n"));
}

#[tokio::test]
async fn when_many_have_changed_everybody_is_read() {
    let stage = stage(settings(), |_, uri| match page_of(uri) {
        1 if uri.path().ends_with("employment-details") => ok(employments(0, FEW + 1)),
        _ => ok("[]"),
    })
    .await;
    let read = stage.client.people(&Scope::ChangedSince(date(2026, 3, 6))).await.unwrap();
    assert_eq!(read.rows.employments.len(), FEW + 1);
    assert!(stage.client.calls() < 12, "{:?}", stage.heard());
}

#[tokio::test]
async fn a_server_that_ignores_the_employee_is_found_out() {
    let stage = stage(settings(), |_, uri| match page_of(uri) {
        1 => ok(employments(0, 3)),
        _ => ok("[]"),
    })
    .await;
    let people = stage.client.people(&Scope::Employees(["E1".into()].into())).await;
    expect!["employee-employment-details does not heed the filter by employee"]
        .assert_eq(&people.unwrap_err().to_string());
}

/// The flows are spawned on a runtime with threads; a read that cannot be is of no use.
#[test]
fn reads_can_be_spawned() {
    fn check<T: Send>(_: impl FnOnce(&'static Client) -> T) {}
    check(|client| client.people(&Scope::Everyone));
    check(Client::catalog);
}
