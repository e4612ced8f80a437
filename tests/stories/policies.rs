//! The enrollment policies behind the MFA tiers.

use expect_test::expect;
use rollcall::words::{finding::FindingCode, flow::Flow};
use rollcall_tests::World;
use serde_json::{Value, json};

use crate::hq::{self, ask_okta, found, org_steps, settled_with};

const MANAGED: (&str, &str) = ("manage_policies: false", "manage_policies: true");

/// Okta's enrollment policies in its order.
async fn policies(world: &World) -> Vec<Value> {
    let all = ask_okta(world, "GET", "/api/v1/policies?type=MFA_ENROLL", None).await;
    all.as_array().cloned().unwrap_or_default()
}

async fn policy(world: &World, name: &str) -> Value {
    policies(world).await.into_iter().find(|it| it["name"] == name).expect("it is there")
}

fn path(policy: &Value) -> String {
    format!("/api/v1/policies/{}", policy["id"].as_str().unwrap_or_default())
}

/// Changes a policy as somebody in the console would.
async fn change(world: &World, name: &str, edit: impl FnOnce(&mut Value)) {
    let mut it = policy(world, name).await;
    edit(&mut it);
    ask_okta(world, "PUT", &path(&it), Some(it)).await;
}

async fn switch_off(world: &World, name: &str) {
    let it = policy(world, name).await;
    ask_okta(world, "POST", &format!("{}/lifecycle/deactivate", path(&it)), None).await;
}

async fn switch_rules_off(world: &World, name: &str) {
    let it = policy(world, name).await;
    let rules = ask_okta(world, "GET", &format!("{}/rules", path(&it)), None).await;
    for rule in rules.as_array().into_iter().flatten() {
        let id = rule["id"].as_str().unwrap_or_default();
        let off = format!("{}/rules/{id}/lifecycle/deactivate", path(&it));
        ask_okta(world, "POST", &off, None).await;
    }
}

/// What somebody gets wrong in the console: the wrong order, one switched off, one for others.
async fn spoil(world: &World) {
    change(world, "Enrollment standard", |it| it["priority"] = 1.into()).await;
    switch_off(world, "Enrollment elevated").await;
    let other = hq::group_id(world, "Employees");
    change(world, "Enrollment executive", |it| {
        it["conditions"]["people"]["groups"]["include"] = json!([other]);
    })
    .await;
}

fn names(policies: &[Value]) -> Vec<&str> {
    policies.iter().filter_map(|it| it["name"].as_str()).collect()
}

#[tokio::test]
async fn policies_that_are_not_as_the_tiers_need_them_are_told_and_not_touched() {
    let world = World::settled().await;
    spoil(&world).await;
    switch_rules_off(&world, "Enrollment standard").await;
    let spoilt = policies(&world).await;
    let before = world.mail();
    world.town.okta.wire().forget();
    world.run(Flow::MfaPolicy).await;
    assert_eq!(world.town.okta.wire().writes(), []);
    assert_eq!(policies(&world).await, spoilt);
    let told = hq::mail_about(&world, &before, "To: security");
    assert_eq!(told.len(), 1);
    expect![[r#"
        To: security
        Subject: Rollcall: MFA policies need a look

        As long as this stands, people may not be asked for the factors of their tier. They are moved between the tiers' groups all the same.

        - MFA policy "Enrollment elevated": is not as tier elevated needs it: move to place 2, switch on. Do so in Okta, or let Rollcall do it with mfa.manage_policies.
        - MFA policy "Enrollment executive": is not as tier executive needs it: include group MFA executive, move to place 1. Do so in Okta, or let Rollcall do it with mfa.manage_policies.
        - MFA policy "Enrollment standard": has no active rule, so Okta passes it over; switch a rule on, or add one.
    "#]].assert_eq(&told[0]);
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn policies_that_are_missing_twice_there_or_shadowed_are_told() {
    let world = World::settled().await;
    let gone = policy(&world, "Enrollment executive").await;
    ask_okta(&world, "DELETE", &path(&gone), None).await;
    let elevated = hq::group_id(&world, "MFA elevated");
    {
        let mut org = world.town.okta.org();
        org.add_policy("Enrollment standard", &[]);
        org.add_policy("Contractors abroad", &[elevated.as_str().into()]);
    }
    change(&world, "Contractors abroad", |it| it["priority"] = 1.into()).await;
    let report = world.run(Flow::MfaPolicy).await;
    expect![[r#"
        [
            "MFA policy \"Enrollment elevated\": is not asked for tier elevated: policy \"Contractors abroad\" comes before it and is for group \"MFA elevated\" too; take the group out of that policy",
            "MFA policy \"Enrollment executive\": does not exist in Okta; make it under Security, Authenticators, Enrollment, for group \"MFA executive\", and say there which factors tier executive must have",
            "MFA policy \"Enrollment standard\": exists more than once in Okta; rename the others",
        ]"#]].assert_eq(&format!("{:#?}", found(&report, FindingCode::MfaPolicy)));
    world.run_all().await;
    world.assert_converged().await;
}

#[tokio::test]
async fn policies_are_put_right_where_the_policy_says_so_and_nothing_else_of_them_changes() {
    let world = settled_with(&[MANAGED]).await;
    let sound = policies(&world).await;
    spoil(&world).await;
    let spoilt = policies(&world).await;
    // Okta is still rearranging when the first repair arrives.
    world.town.okta.org().reconcile_priorities(1);
    let before = world.mail();
    world.town.okta.wire().forget();
    let report = world.run(Flow::MfaPolicy).await;
    assert_eq!(
        org_steps(&report),
        [
            "repair-policy verified: Enrollment executive: include group MFA executive, move to \
             place 1",
            "repair-policy verified: Enrollment elevated: move to place 2, switch on",
        ]
    );
    let mended = policies(&world).await;
    assert_eq!(names(&mended), names(&sound));
    for it in &mended {
        let was = spoilt.iter().find(|was| was["id"] == it["id"]).expect("none was made");
        for part in ["settings", "description", "type", "system", "created"] {
            assert_eq!(it[part], was[part], "{part}");
        }
        assert_eq!(it["status"], "ACTIVE");
    }
    let default = |all: &[Value]| all.iter().find(|it| it["system"] == true).cloned();
    assert_eq!(default(&mended), default(&sound), "the default policy is nobody's to write");
    let groups = mended[0]["conditions"]["people"]["groups"]["include"].clone();
    let kept = [hq::group_id(&world, "Employees"), hq::group_id(&world, "MFA executive")];
    assert_eq!(groups, json!(kept), "what somebody added stays");
    let told = hq::mail_about(&world, &before, "To: security");
    assert_eq!(told.len(), 1);
    expect![[r#"
        To: security
        Subject: Rollcall: MFA policies put right

        Enrollment policies in Okta were not as the tiers need them. What they demand of people was not touched. Run RUN, 2026-03-02T06:00:00Z.

        - repair-policy verified: Enrollment executive: include group MFA executive, move to place 1 (tier executive (mfa.manage_policies))
        - repair-policy verified: Enrollment elevated: move to place 2, switch on (tier elevated (mfa.manage_policies))
    "#]].assert_eq(&hq::plain(&told[0], &report));
    world.assert_converged().await;
}

#[tokio::test]
async fn default_policy_is_never_written_even_if_a_tier_names_it() {
    let world =
        settled_with(&[MANAGED, ("policy: Enrollment standard", "policy: Default Policy")]).await;
    let before = policies(&world).await;
    let report = world.run(Flow::MfaPolicy).await;
    let told = found(&report, FindingCode::MfaPolicy);
    assert!(told[0].starts_with("MFA policy \"Default Policy\": does not exist"), "{told:?}");
    assert_eq!(policies(&world).await, before);
    world.assert_converged().await;
}

#[tokio::test]
async fn more_repairs_than_a_run_may_make_wait_for_approval() {
    let none = "limits:\n  repair-policy: {most: 0, percent: 0, floor: 0}\n";
    let world = settled_with(&[MANAGED, ("limits:\n", none)]).await;
    switch_off(&world, "Enrollment elevated").await;
    let report = world.run(Flow::MfaPolicy).await;
    assert_eq!(org_steps(&report), ["repair-policy held: Enrollment elevated: switch on"],);
    world.assert_converged().await;
    hq::approve(&world, &report).await;
    let report = world.run(Flow::MfaPolicy).await;
    assert_eq!(org_steps(&report), ["repair-policy verified: Enrollment elevated: switch on"]);
    assert_eq!(policy(&world, "Enrollment elevated").await["status"], "ACTIVE");
    world.assert_converged().await;
}
