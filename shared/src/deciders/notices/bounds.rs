//! How long a message may be.

use crate::words::notice::Notice;

/// Bytes of a body. Amazon SNS takes 262,144 for a message with everything around it
/// (<https://docs.aws.amazon.com/general/latest/gr/sns.html>), and nobody reads a tenth of that.
const MOST: usize = 100_000;

/// Cuts a body that is too long between two lines, and says how much is left out and where it is.
/// Every step is in the ledger all the same, and in what a run prints.
pub(super) fn bounded(mut notice: Notice) -> Notice {
    if notice.body.len() <= MOST {
        return notice;
    }
    let mut kept = 0;
    let mut length = 0;
    for line in notice.body.split_inclusive('\n') {
        if length + line.len() > MOST {
            break;
        }
        length += line.len();
        kept += 1;
    }
    let left_out = notice.body.lines().count() - kept;
    notice.body.truncate(length);
    notice.body.push_str(&format!(
        "\nThis message would be too long: {left_out} more lines are left out. The ledger has all \
         of them.\n"
    ));
    notice
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::notice::Audience;

    fn notice(body: String) -> Notice {
        let subject = "Rollcall: 9000 people lost access".to_owned();
        Notice { key: "run/it".to_owned(), audience: Audience::It, to: None, subject, body }
    }

    #[test]
    fn message_for_thousands_ends_between_two_lines_and_says_how_much_is_missing() {
        let long = notice("someone lost access\n".repeat(9_000));
        let body = bounded(long).body;
        assert!(body.len() < MOST + 200);
        assert!(body.starts_with("someone lost access\nsomeone"));
        assert!(body.ends_with("lost access\n\nThis message would be too long: 4000 more lines are left out. The ledger has all of them.\n"));
    }

    #[test]
    fn ordinary_message_is_left_alone() {
        let short = notice("Anna Moor lost access\n".to_owned());
        assert_eq!(bounded(short.clone()), short);
    }
}
