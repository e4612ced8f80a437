//! Calls that UKG does not make: nobody gets in by them, and nothing falls over.

use proptest::prelude::*;

use super::{
    event::Event,
    signature::{Headers, is_genuine},
};
use crate::{
    edge::fuzz::any_json,
    shell::credentials::{Algorithm, Encoding, Hmac, SecretHeader, Webhook},
};

fn webhook(encoding: Encoding) -> Webhook {
    Webhook {
        tenant: "G0311".to_owned(),
        window_hours: 24,
        hmac: Some(Hmac {
            header: "x-signature".to_owned(),
            algorithm: Algorithm::Sha256,
            encoding,
            prefix: "sha256=".to_owned(),
            secret: "Jefe".into(),
        }),
        header: Some(SecretHeader { name: "x-rollcall".to_owned(), value: "sesame".into() }),
    }
}

proptest! {
    #[test]
    fn any_body_is_an_event_or_none(body in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(Event::read(&body));
    }

    #[test]
    fn any_json_is_an_event_or_none(
        json in any_json(&["EventId", "EventTime", "Tenant", "Payload", "EeId", "CoId"]),
    ) {
        if let Some(event) = Event::read(json.to_string().as_bytes()) {
            // Whatever it names goes into keys and messages.
            prop_assert!(event.hint.employee.len() <= 64 && event.hint.employee.is_ascii());
        }
    }

    #[test]
    fn nobody_guesses_a_signature(
        signature in prop_oneof!["sha256=[0-9a-f]{0,70}", "sha256=[A-Za-z0-9+/=]{0,60}", ".*"],
        word in ".{0,20}",
        body in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let headers = Headers::from([
            ("x-signature".to_owned(), signature),
            ("x-rollcall".to_owned(), word),
        ]);
        for encoding in [Encoding::Hex, Encoding::Base64] {
            prop_assert!(!is_genuine(&webhook(encoding), &headers, &body));
        }
    }
}
