use expect_test::{Expect, expect};

use super::*;

/// Reads all employments from a server and compares what came, and what was asked.
async fn check(
    answer: impl Fn(usize, &Uri) -> Response<Body> + Clone + Send + Sync + 'static,
    expected: Expect,
) -> Vec<String> {
    let stage = stage(settings(), answer).await;
    let read = stage.client.employments(&EmploymentFilter::Everyone).await;
    expected.assert_eq(&told(&read));
    stage.heard()
}

#[tokio::test]
async fn without_links_pages_are_turned_until_an_empty_one() {
    let heard = check(
        |_, uri| match page_of(uri) {
            1 => ok(employments(0, 3)),
            2 => ok(employments(3, 4)), // A short page is no end.
            3 => ok(employments(4, 6)),
            _ => ok("[]"),
        },
        expect!["E0 E1 E2 E3 E4 E5 in 3 pages"],
    )
    .await;
    let expected = expect![[r#"
        /personnel/v1/employee-employment-details?page=1&per_Page=10000
        /personnel/v1/employee-employment-details?per_Page=10000&page=2
        /personnel/v1/employee-employment-details?per_Page=10000&page=3
        /personnel/v1/employee-employment-details?per_Page=10000&page=4"#]];
    expected.assert_eq(&heard.join("\n"));
}

const NEXT: &str = r#"</personnel/v1/x?page=2&per_page=3>; rel="next", </personnel/v1/x?page=2&per_page=3>; rel="last""#;
const LAST: &str = r#"</personnel/v1/x?page=1&per_page=3>; rel="prev""#;

#[tokio::test]
async fn with_links_the_last_page_is_the_one_without_next() {
    let heard = check(
        |_, uri| match page_of(uri) {
            1 => with(ok(employments(0, 3)), "link", NEXT),
            _ => with(ok(employments(3, 6)), "link", LAST),
        },
        expect!["E0 E1 E2 E3 E4 E5 in 2 pages"],
    )
    .await;
    assert_eq!(heard[1..], ["/personnel/v1/x?page=2&per_page=3"]);
}

#[tokio::test]
async fn a_page_that_lost_its_link_on_the_way_is_not_taken_for_the_last() {
    let heard = check(
        |_, uri| match page_of(uri) {
            1 => with(ok(employments(0, 3)), "link", r#"</x?page=2>; rel="next""#),
            2 => ok(employments(3, 6)),
            3 => with(ok(employments(6, 7)), "link", LAST),
            _ => ok("[]"),
        },
        expect!["E0 E1 E2 E3 E4 E5 E6 in 3 pages"],
    )
    .await;
    assert_eq!(heard.len(), 3);
}

#[tokio::test]
async fn a_link_that_forgets_the_filter_is_reminded() {
    let stage = stage(settings(), |_, uri| match page_of(uri) {
        1 => with(ok(employments(0, 3)), "link", r#"</x?page=2&per_page=3>; rel="next""#),
        _ => with(ok(employments(3, 4)), "link", LAST),
    })
    .await;
    let day = jiff::civil::date(2026, 3, 6);
    stage.client.employments(&EmploymentFilter::ChangedSince(day)).await.unwrap();
    assert_eq!(stage.heard()[1], "/x?page=2&per_page=3&dateTimeChanged=%3E03-05-2026");
}

#[tokio::test]
async fn the_credentials_never_follow_a_link_to_another_host() {
    for link in ["http://127.0.0.1:1/x?page=2", "//evil.example/x?page=2", "https://evil.example/"]
    {
        let line = format!(r#"<{link}>; rel="next""#);
        let expected = expect![
            "employee-employment-details continues on another host, which is refused (Page)"
        ];
        check(move |_, _| with(ok(employments(0, 3)), "link", &line), expected).await;
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_page_is_found_out() {
    let heard = check(
        |_, _| ok(employments(0, 3)),
        expect!["page 2 of employee-employment-details came again (Page)"],
    )
    .await;
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn two_pages_of_unreadable_rows_are_two_pages() {
    check(
        |_, uri| match page_of(uri) {
            1 | 2 => ok("[{}]"),
            _ => ok("[]"),
        },
        expect![[r#"
             in 2 pages
            held row 0 (malformed-row): employee-employment-details: employeeID is missing; correct it in UKG
            held row 0 (malformed-row): employee-employment-details: companyID is missing; correct it in UKG
            held row 1 (malformed-row): employee-employment-details: employeeID is missing; correct it in UKG
            held row 1 (malformed-row): employee-employment-details: companyID is missing; correct it in UKG"#]],
    )
    .await;
}

#[tokio::test]
async fn links_in_a_circle_are_found_out() {
    check(
        |n, _| {
            let line = format!(r#"</x?page={}>; rel="next""#, 1 + n % 2);
            with(ok(employments(n, n + 1)), "link", &line)
        },
        expect!["page 1 of employee-employment-details came again (Page)"],
    )
    .await;
}

#[tokio::test]
async fn fewer_pages_than_announced_are_no_answer() {
    let links = r#"</x?page=2>; rel="next", </x?page=9>; rel="last""#;
    check(
        move |_, uri| match page_of(uri) {
            1 => with(ok(employments(0, 3)), "link", links),
            _ => with(ok(employments(3, 6)), "link", LAST),
        },
        expect!["employee-employment-details announces 9 pages and has 2 (Retry { after: 60s })"],
    )
    .await;
    check(
        |_, uri| match page_of(uri) {
            1 => with(ok(employments(0, 400)), "x-total-count", "56726"),
            _ => ok("[]"),
        },
        expect![
            "employee-employment-details announces 56726 rows and has 400 (Retry { after: 60s })"
        ],
    )
    .await;
}

#[tokio::test]
async fn rows_that_move_between_pages_are_told_apart_from_rows_that_differ() {
    check(
        |_, uri| match page_of(uri) {
            1 => ok(employments(0, 3)),
            2 => ok(employments(2, 4)),
            3 => ok(r#"[{"employeeID":"E1","companyID":"6Y4NV","employeeStatusCode":"T"}]"#),
            _ => ok("[]"),
        },
        expect!["E0 E1 E2 E3 in 3 pages\nheld employee E1 (conflicting-rows): employee-employment-details has two different rows with the same key; if the next run says so again, correct the record in UKG"],
    )
    .await;
}

#[tokio::test]
async fn nobody_at_all_is_an_empty_answer_and_for_the_guard_to_judge() {
    check(|_, _| ok("[]"), expect![" in 0 pages"]).await;
    let links = r#"</x?page=1>; rel="last""#;
    check(move |_, _| with(ok("[]"), "link", links), expect![" in 0 pages"]).await;
}

#[tokio::test]
async fn a_page_size_that_is_refused_is_lowered() {
    let heard = check(
        |_, uri| match (uri.query().unwrap().contains("=200"), page_of(uri)) {
            (true, 1) => ok(employments(0, 3)),
            (true, _) => ok("[]"),
            (false, _) => status(400, r#"{"title":"One or more validation errors occurred."}"#),
        },
        expect!["E0 E1 E2 in 1 pages"],
    )
    .await;
    let queries: Vec<&str> =
        heard.iter().filter_map(|it| it.split_once('?')).map(|it| it.1).collect();
    assert_eq!(
        queries,
        [
            "page=1&per_Page=10000",
            "page=1&per_Page=1000",
            "page=1&per_Page=200",
            "per_Page=200&page=2"
        ]
    );
    let heard = check(
        |_, _| status(400, "{}"),
        expect!["ukg answered employee-employment-details with 400 Bad Request (Page)"],
    )
    .await;
    assert_eq!(heard.len(), 4);
}

#[tokio::test]
async fn what_is_not_an_array_of_objects_is_no_answer() {
    for (body, expected) in [
        (
            r#"{"title":"Ada"}"#,
            expect![
                "page 1 of employee-employment-details is not an array of objects, at line 1 column 0 (Page)"
            ],
        ),
        (
            r#"["078-05-1120"]"#,
            expect![
                "page 1 of employee-employment-details is not an array of objects, at line 1 column 14 (Page)"
            ],
        ),
        (
            r#"[{"employeeID":"E1","companyID":"6Y4NV"},null]"#,
            expect![
                "page 1 of employee-employment-details is not an array of objects, at line 1 column 45 (Page)"
            ],
        ),
        (
            r#"[{"employeeID":"E1","companyID":"6Y4NV"}"#,
            expect![
                "page 1 of employee-employment-details ends in the middle (Retry { after: 60s })"
            ],
        ),
        (
            r#"[{"employeeID":"E1","companyID":"6Y4"#,
            expect![
                "page 1 of employee-employment-details ends in the middle (Retry { after: 60s })"
            ],
        ),
        (
            "[] []",
            expect![
                "page 1 of employee-employment-details is not an array of objects, at line 1 column 4 (Page)"
            ],
        ),
        (
            "",
            expect![
                "page 1 of employee-employment-details ends in the middle (Retry { after: 60s })"
            ],
        ),
        (
            "<html><title>Sign in</title>",
            expect![
                "ukg answered employee-employment-details with something that is not json (Page)"
            ],
        ),
    ] {
        check(move |_, _| ok(body), expected).await;
    }
}

#[tokio::test]
async fn a_second_page_that_fails_takes_the_first_one_with_it() {
    check(
        |_, uri| match page_of(uri) {
            1 => ok(employments(0, 3)),
            _ => status(503, "Service Unavailable"),
        },
        expect!["ukg answered employee-employment-details with 503 Service Unavailable (Retry { after: 60s })"],
    )
    .await;
}

#[tokio::test]
async fn an_answer_without_end_is_refused() {
    let settings = Settings { max_rows: 10, ..settings() };
    let stage = stage(settings, |n, _| ok(employments(n * 4, n * 4 + 4))).await;
    let read = stage.client.employments(&EmploymentFilter::Everyone).await;
    expect!["employee-employment-details has more than 10 rows (Page)"].assert_eq(&told(&read));
}
