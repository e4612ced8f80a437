//! What no well-meaning server sends, and what no row may let out.

use proptest::prelude::*;

use super::{rows::parse, *};
use crate::doors::ukg::{
    page,
    table::{Row, Table},
};

proptest! {
    #[test]
    fn no_bytes_are_a_reason_to_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse::<PersonRow>(&bytes);
    }

    #[test]
    fn no_values_are_a_reason_to_panic(value in value(), other in value()) {
        let columns = EmploymentRow::NAMES.iter().flat_map(|it| it.iter());
        for column in columns {
            let json = format!(r#"[{{"employeeID":"E1","companyID":"C","{column}":{value}}},{{"{column}":{other}}}]"#);
            let _ = parse::<EmploymentRow>(json.as_bytes()).unwrap();
        }
    }

    /// Whatever stands in a column that is not ours, comes out nowhere.
    #[test]
    fn what_is_not_needed_is_nowhere(secret in "[0-9]{3}-[0-9]{2}-[0-9]{4}") {
        for column in [
            "ssn", "previousSSN", "nationalId", "dateOfBirth", "healthBloodType", "i9AlienNumber",
            "ethnicIDCode", "annualSalary", "hourlyPayRate", "homePhone", "addressLine1", "gender",
        ] {
            for value in [format!(r#""{secret}""#), format!(r#"{{"x":["{secret}"]}}"#)] {
                let row = format!(
                    r#"[{{"{column}":{value},"personId":"P","employeeId":"E","companyId":"C","datetimeChanged":"{secret}"}}]"#
                );
                let shown = format!(
                    "{:?} {:?}",
                    parse::<PersonRow>(row.as_bytes()),
                    parse::<EmploymentRow>(row.as_bytes()),
                );
                prop_assert!(!shown.contains(&secret));
            }
        }
    }

    /// Of the customer's own fields, the one that is wanted comes out, and no other.
    #[test]
    fn no_other_field_comes_out(secret in "[0-9]{3}-[0-9]{2}-[0-9]{4}", value in value()) {
        for other in [
            format!(r#""a":"{secret}""#),
            format!(r#""a":{{"field":"{secret}","value":"{secret}"}}"#),
            format!(r#""a":{{"value":["{secret}"],"field":{value}}}"#),
            format!(r#""a":[{{"field":"end","value":"{secret}"}}],"{secret}":{value}"#),
        ] {
            let json = format!(
                r#"[{{"employeeId":"E","ssn":"{secret}","personnelUserDefinedFields":{{{other},"end":{value}}},
                    "internationalUserDefinedFields":{value}}}]"#
            );
            let mut table = Table::<UdfRow>::new("sample", settings().placeholder_codes);
            table.member = Some("end".to_owned());
            page::read(json.as_bytes(), &mut table).unwrap();
            let shown = format!("{:?} {:?}", table.rows, table.findings);
            prop_assert!(!shown.contains(&secret), "{}", shown);
            prop_assert_eq!(table.rows.len(), 1);
        }
    }
}

/// JSON values of every kind.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[[],{}]".to_owned()),
        any::<i64>().prop_map(|it| it.to_string()),
        any::<u64>().prop_map(|it| it.to_string()),
        (-1e300..1e300_f64).prop_map(|it| it.to_string()),
        ".{0,30}".prop_map(|it| serde_json::to_string(&it).unwrap()),
        "[0-9/:TZ -]{8,24}".prop_map(|it| serde_json::to_string(&it).unwrap()),
    ]
}
