//! Text as expressions and logins need it: plain letters out of every script.

use deunicode::deunicode_char;

/// The text in ASCII. Latin letters lose their accents (`ß` becomes `ss`, `ø` `o`, `ł` `l`), other
/// scripts are transcribed: better a login that its owner can read aloud than none.
pub(crate) fn ascii(raw: &str) -> String {
    let mut res = String::with_capacity(raw.len());
    for it in raw.chars() {
        match it {
            '\u{0}'..='\u{7f}' => res.push(it),
            // Where the tables transcribe a sound and the passport office drops the stroke.
            'Đ' | 'Ð' => res.push('D'),
            'đ' | 'ð' => res.push('d'),
            'Þ' => res.push_str("Th"),
            'þ' => res.push_str("th"),
            // Combining marks belong to the letter before them.
            '\u{300}'..='\u{36f}' => {}
            _ => res.push_str(deunicode_char(it).unwrap_or("")),
        }
    }
    // A transcribed ideograph ends with a space, which belongs between two of them only.
    res.trim().to_owned()
}

/// Lower-case ASCII letters and digits, with a single `-` where anything else stood between them.
/// Apostrophes vanish: O'Neil is `oneil`.
pub(crate) fn slug(raw: &str) -> String {
    parts(raw, '-', |_| false)
}

/// The part of a login before the `@`: like [`slug`], but dots, underscores and hyphens stay, each
/// once and never at an end.
pub(crate) fn local_part(raw: &str) -> String {
    parts(raw, '\0', |it| matches!(it, '.' | '_' | '-'))
}

fn parts(raw: &str, between: char, is_kept: fn(char) -> bool) -> String {
    let mut res = String::new();
    let mut gap = None;
    for it in ascii(raw).chars() {
        if it.is_ascii_alphanumeric() {
            if let Some(gap) = gap.take().filter(|it| *it != '\0' && !res.is_empty()) {
                res.push(gap);
            }
            res.push(it.to_ascii_lowercase());
        } else if !matches!(it, '\'' | '`' | '"') {
            let mark = if is_kept(it) { it } else { between };
            // The first mark wins, and a kept one goes before nothing at all.
            gap = gap.filter(|it| *it != '\0').or(Some(mark));
        }
    }
    res
}

/// Every word with a capital letter first: `anna-LENA of o'neil` becomes `Anna-Lena Of O'Neil`.
pub(crate) fn title(raw: &str) -> String {
    let mut res = String::with_capacity(raw.len());
    let mut is_inside = false;
    for it in raw.chars() {
        if is_inside {
            res.extend(it.to_lowercase());
        } else {
            res.extend(it.to_uppercase());
        }
        is_inside = it.is_alphanumeric();
    }
    res
}

/// The first letter of every word, in upper case.
pub(crate) fn initials(raw: &str) -> String {
    raw.split(|it: char| it.is_whitespace() || it == '-')
        .filter_map(|it| it.chars().find(|it| it.is_alphanumeric()))
        .flat_map(char::to_uppercase)
        .collect()
}

/// The first word.
pub(crate) fn first(raw: &str) -> &str {
    raw.split_whitespace().next().unwrap_or("")
}

/// Characters `from` to `to` (exclusive). Beyond the end there is nothing, which is no error:
/// names are as short as they like.
pub(crate) fn substring(raw: &str, from: usize, to: Option<usize>) -> String {
    raw.chars().skip(from).take(to.map_or(usize::MAX, |it| it.saturating_sub(from))).collect()
}

/// A date in another form, by `strftime` letters (`%d.%m.%Y`). Nothing for what is not a date.
pub(crate) fn format_date(raw: &str, format: &str) -> String {
    let Ok(date) = raw.parse::<jiff::civil::Date>() else { return String::new() };
    jiff::fmt::strtime::format(format, date).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(raw: &str, expected: &Expect) {
        expected.assert_eq(&format!("{} | {} | {}", ascii(raw), slug(raw), local_part(raw)));
    }

    #[test]
    fn every_script_becomes_plain_letters() {
        check(
            "Åsa Sørensen-Łuć",
            &expect!["Asa Sorensen-Luc | asa-sorensen-luc | asasorensen-luc"],
        );
        check("Jürgen Weiß", &expect!["Jurgen Weiss | jurgen-weiss | jurgenweiss"]);
        check(
            "Mary-Kate  O'Neil",
            &expect!["Mary-Kate  O'Neil | mary-kate-oneil | mary-kateoneil"],
        );
        check("王秀英", &expect!["Wang Xiu Ying | wang-xiu-ying | wangxiuying"]);
        check("Иван Щербаков", &expect!["Ivan Shcherbakov | ivan-shcherbakov | ivanshcherbakov"]);
        check("Γιώργος", &expect!["Giorgos | giorgos | giorgos"]);
        check("محمد", &expect!["mHmd | mhmd | mhmd"]);
        check("김민준", &expect!["gimminjun | gimminjun | gimminjun"]);
        check("さくら", &expect!["sakura | sakura | sakura"]);
        check("Nguyễn Văn Đức", &expect!["Nguyen Van Duc | nguyen-van-duc | nguyenvanduc"]);
        check("J.. R. .Tolk_ien.", &expect!["J.. R. .Tolk_ien. | j-r-tolk-ien | j.r.tolk_ien"]);
        check("e\u{301}tienne", &expect!["etienne | etienne | etienne"]);
        check("…!?", &expect!["...!? |  | "]);
    }

    #[test]
    fn titles_and_initials() {
        assert_eq!(title("anna-LENA of o'neil"), "Anna-Lena Of O'Neil");
        assert_eq!(initials("Anna-Lena van Dyk"), "ALVD");
        assert_eq!(first("  Anna Lena"), "Anna");
        assert_eq!(substring("Zoë", 1, Some(9)), "oë");
        assert_eq!(substring("Zoë", 5, None), "");
        assert_eq!(format_date("2026-03-31", "%d.%m.%Y"), "31.03.2026");
        assert_eq!(format_date("", "%d.%m.%Y"), "");
    }
}
