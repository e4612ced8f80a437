//! `Link` headers of all kinds.

use proptest::prelude::{Strategy, prop};
use reqwest::header::{HeaderMap, HeaderValue, LINK};
use rollcall::doors::http;

use crate::runner;

/// Lines made of what links are made of, in any order.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let piece = prop::sample::select(vec![
        "<",
        ">",
        ";",
        ",",
        ", ",
        "=",
        "\"",
        "rel",
        "rel=\"next\"",
        "rel=next",
        "REL=\"Next last\"",
        "<https://acme.okta.com/api/v1/users?after=1,2;3>",
        "<//elsewhere.example>",
        "<>",
        " ",
        "title=\"a, <b>; rel=next\"",
        "é",
        "%00",
        "\t",
    ]);
    prop::collection::vec(prop::collection::vec(piece, 0..24).prop_map(|it| it.concat()), 0..4)
}

#[test]
fn link_headers_of_any_form_are_read() {
    let tried = runner(3_000).run(&lines(), |lines| {
        let mut headers = HeaderMap::new();
        for line in lines.iter().filter_map(|it| HeaderValue::from_str(it).ok()) {
            headers.append(LINK, line);
        }
        let total: usize = lines.iter().map(String::len).sum();
        let found = http::next_links(&headers);
        // Nothing is found that was not there.
        assert!(found.iter().map(String::len).sum::<usize>() <= total);
        assert!(found.iter().all(|it| lines.iter().any(|line| line.contains(it.as_str()))));
        Ok(())
    });
    tried.expect("any header can be read");
}
