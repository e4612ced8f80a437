//! What is too much: deep, long, or without an end.

use rollcall::{
    deciders::policy::{EXAMPLE, Policy},
    doors::ukg::PersonFilter,
};
use rollcall_sandbox::{Effect, Fault, town::Options};
use rollcall_tests::{FIRST_DAY, World};

use crate::policy::TITLE;

const DEEP: usize = 100_000;

/// What is wrong with a policy.
fn refusal(text: &str) -> String {
    Policy::compile("rollcall.yaml", text).expect_err("this is no policy").to_string()
}

/// The example with another expression for the title.
fn with(expression: &str) -> String {
    EXAMPLE.replacen(TITLE, &format!("title: \"{expression}\""), 1)
}

/// What is wrong with an expression in an otherwise good policy.
fn refusal_of(expression: &str) -> String {
    refusal(&with(expression))
}

#[test]
fn policy_of_any_depth_and_length_is_refused_in_words() {
    let nested = |depth| refusal(&format!("hr: {}{}", "[".repeat(depth), "]".repeat(depth)));
    assert!(nested(40).contains("nested too deeply"), "{}", nested(40));
    assert!(nested(DEEP).contains("recursion limit exceeded"), "{}", nested(DEEP));
    let aliases = refusal("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n");
    assert!(aliases.contains("anchors and aliases are not supported"), "{aliases}");
    let long = refusal(&format!("# {}\n", "x".repeat(2 << 20)));
    assert!(long.contains("at most 1 MiB"), "{long}");
}

#[test]
fn expression_of_any_depth_and_length_is_refused_in_words() {
    for expression in
        [format!("{}1{}", "(".repeat(DEEP), ")".repeat(DEEP)), "!".repeat(DEEP), "a+".repeat(DEEP)]
    {
        let why = refusal_of(&expression);
        assert!(why.contains("longer than 2000 characters"), "{why}");
    }
    let nested = refusal_of(&format!("{}1{}", "(".repeat(900), ")".repeat(900)));
    assert!(nested.contains("brackets"), "{nested}");
    let looping = refusal_of("[1,2].map(a, [1,2].map(b, [1,2].map(c, string(c)).size())).size()");
    assert!(looping.contains("too many lists inside each other"), "{looping}");
    // Short enough, and each a tree as deep as it is long.
    for expression in [
        format!("{}true", "!".repeat(1_900)),
        format!("{}1", "-".repeat(1_900)),
        format!("{}'a'", "'a'+".repeat(400)),
        format!("{}1", "1==".repeat(600)),
        format!("{}1", "1 in ".repeat(300)),
        format!("{}'a'", "true?'a':".repeat(200)),
        format!("{}'a'{}", "(".repeat(30), "+'a'+'b')".repeat(30)),
        format!("{}1", "[1,2].map(a, ".repeat(60)),
        format!("worker{}", ".title".repeat(300)),
        format!("worker{}", "[1]".repeat(600)),
        format!("worker.job_title{}", ".upper()".repeat(230)),
    ] {
        let why = refusal_of(&expression);
        assert!(why.contains("operators in a row"), "{why}");
    }
    // Long and flat is no trouble: a word of the policy's author, or what is wrong with it.
    for expression in [
        format!("{}true ? 'a' : 'b'", "true&&".repeat(300)),
        format!("{}true ? 'a' : 'b'", "worker.title=='abc'||".repeat(90)),
        format!("worker.job_title{}", ".upper()".repeat(35)),
        format!("[{}]", "1,".repeat(900)),
    ] {
        drop(Policy::compile("rollcall.yaml", &with(&expression)));
    }
}

#[tokio::test]
async fn answer_of_any_depth_is_refused_in_words() {
    let world = World::in_line(Options::new(14, 7, FIRST_DAY), |it| it).await;
    let deep = format!("[{{\"id\":{}{}}}]", "[".repeat(DEEP), "]".repeat(DEEP));
    let everywhere = |effect| Fault {
        method: None,
        path_contains: String::new(),
        skip: 0,
        times: usize::MAX,
        effect,
    };
    world.town.okta.wire().inject(everywhere(Effect::Answer(200, deep.clone())));
    let error = world.office.okta.reader().users().await.expect_err("nobody is like this");
    assert_eq!(
        error.to_string(),
        "okta answered list users with JSON of another shape (column 7) (status 200)"
    );
    // Of UKG's rows, what is no value is stepped over, however deep it is; and pages of nothing
    // else come to an end.
    let deep = deep.replace("id", "employeeId");
    world.town.ukg.wire().inject(everywhere(Effect::Answer(200, deep)));
    let error = world.office.ukg.persons(&PersonFilter::Everyone).await.expect_err("nobody is");
    assert_eq!(error.to_string(), "page 20 of person-details came again");
}
