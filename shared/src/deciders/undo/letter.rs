//! Who hears that a departure was taken back. Security, because an account is open again; HR,
//! because its record still says otherwise; IT, because something may be left to do by hand.

use jiff::{Timestamp, civil::Date};

use super::Loss;
use crate::words::{
    ids::{Login, PersonId, RunId},
    notice::{Audience, Notice},
};

/// What the message is made from.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The run that did it.
    pub run: &'a RunId,
    /// For whom.
    pub person: &'a PersonId,
    /// What people call the person.
    pub name: &'a str,
    /// The account's login.
    pub login: &'a Login,
    /// The last day of the departure.
    pub departure: Date,
    /// Who took it back.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
    /// The steps and what became of each, one a line.
    pub steps: &'a [String],
    /// What cannot be given back.
    pub losses: &'a [Loss],
    /// Until when the departure is not carried out again, when HR still shows it.
    pub held_until: Option<Timestamp>,
}

/// The message to each audience.
pub fn letters(letter: &Letter<'_>) -> Vec<Notice> {
    [Audience::It, Audience::Hr, Audience::Security].map(|it| one(letter, it)).into()
}

fn one(letter: &Letter<'_>, audience: Audience) -> Notice {
    let Letter { run, person, name, login, departure, by, why, steps, losses, held_until } = letter;
    let mut body = format!(
        "{name}, {login} (person {person}): the departure of {departure} was taken back by {by}.\n\
         Reason: {why}\nRun {run}.\n"
    );
    if let Some(until) = held_until {
        body.push_str(&format!(
            "\nUKG still says that the person has left. Please correct the record in UKG by \
             {until:.0}: until then Rollcall leaves the account open, after that it is closed \
             again.\n"
        ));
    }
    match audience {
        Audience::Hr | Audience::Manager => {}
        Audience::It | Audience::Security => {
            let list =
                |items: Vec<String>| items.iter().map(|it| format!("- {it}\n")).collect::<String>();
            if !steps.is_empty() {
                body.push_str(&format!("\nDone in Okta:\n{}", list(steps.to_vec())));
            }
            let losses = losses.iter().map(|it| format!("{it}.")).collect();
            body.push_str(&format!("\nWhat Okta cannot give back:\n{}", list(losses)));
        }
    }
    Notice {
        key: format!("undone/{run}/{}", audience.as_str()),
        audience,
        to: None,
        subject: format!("Rollcall: the departure of person {person} was taken back"),
        body,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn messages_say_what_each_reader_has_to_do() {
        let losses = [Loss::SignIns];
        let letter = Letter {
            run: &"undo-1".into(),
            person: &"P-ADA".into(),
            name: "Ada Lovelace",
            login: &Login::parse("ada@acme.example").unwrap(),
            departure: jiff::civil::date(2026, 3, 4),
            by: "casey",
            why: "HR terminated the wrong Ada",
            steps: &["verified  unsuspend".to_owned()],
            losses: &losses,
            held_until: Some("2026-03-12T12:00:00Z".parse().unwrap()),
        };
        let told: Vec<String> = letters(&letter)
            .into_iter()
            .map(|it| {
                format!("To: {}\nSubject: {}\n\n{}", it.audience.as_str(), it.subject, it.body)
            })
            .collect();
        expect![[r#"
            To: it
            Subject: Rollcall: the departure of person P-ADA was taken back

            Ada Lovelace, ada@acme.example (person P-ADA): the departure of 2026-03-04 was taken back by casey.
            Reason: HR terminated the wrong Ada
            Run undo-1.

            UKG still says that the person has left. Please correct the record in UKG by 2026-03-12T12:00:00Z: until then Rollcall leaves the account open, after that it is closed again.

            Done in Okta:
            - verified  unsuspend

            What Okta cannot give back:
            - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again.
            ---
            To: hr
            Subject: Rollcall: the departure of person P-ADA was taken back

            Ada Lovelace, ada@acme.example (person P-ADA): the departure of 2026-03-04 was taken back by casey.
            Reason: HR terminated the wrong Ada
            Run undo-1.

            UKG still says that the person has left. Please correct the record in UKG by 2026-03-12T12:00:00Z: until then Rollcall leaves the account open, after that it is closed again.
            ---
            To: security
            Subject: Rollcall: the departure of person P-ADA was taken back

            Ada Lovelace, ada@acme.example (person P-ADA): the departure of 2026-03-04 was taken back by casey.
            Reason: HR terminated the wrong Ada
            Run undo-1.

            UKG still says that the person has left. Please correct the record in UKG by 2026-03-12T12:00:00Z: until then Rollcall leaves the account open, after that it is closed again.

            Done in Okta:
            - verified  unsuspend

            What Okta cannot give back:
            - sessions, tokens and consents: the person signs in again everywhere, and apps ask for consent again.
        "#]].assert_eq(&told.join("---\n"));
    }
}
