//! Bars. The picture stretches to any width and its words are HTML around it, so that they stay
//! readable on a telephone and on paper; the same numbers are in a table below.

use maud::{Markup, html};

/// One bar of a day, in parts from below.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) parts: Vec<u64>,
}

impl Bar {
    fn total(&self) -> u64 {
        self.parts.iter().sum()
    }
}

/// A plot of bars over days.
pub(super) struct Plot<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    /// What it shows, in a sentence, for whoever cannot see it.
    pub(super) says: String,
    /// What the parts are, from below, each with its class.
    pub(super) parts: &'a [(&'a str, &'a str)],
    pub(super) bars: Vec<Bar>,
    /// Whether parts stand one upon the other; otherwise the later are drawn in front.
    pub(super) is_stacked: bool,
}

/// Units of the picture: it is stretched, so only the proportions count.
const HEIGHT: u64 = 1000;
const SLOT: usize = 10;
const BAR: usize = 8;

/// The next round number: 1, 2 or 5 and zeros.
fn round_up(value: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            if value <= unit * factor {
                return unit * factor;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

impl Plot<'_> {
    pub(super) fn render(&self) -> Markup {
        let highest = |it: &Bar| match self.is_stacked {
            true => it.total(),
            false => it.parts.iter().copied().max().unwrap_or(0),
        };
        let top = round_up(self.bars.iter().map(highest).max().unwrap_or(0).max(1));
        let width = self.bars.len().max(1) * SLOT;
        let first = self.bars.first().map_or("", |it| it.label.as_str());
        let last = self.bars.last().map_or("", |it| it.label.as_str());
        html! {
            figure id=(self.id) {
                figcaption { h3 { (self.title) } p.muted { (self.says) } }
                ul.legend {
                    @for (name, class) in self.parts { li { span.key.(class) {} (name) } }
                }
                div.plot {
                    div.scale aria-hidden="true" { span { (top) } span { "0" } }
                    svg viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none"
                        role="img" aria-labelledby=(format!("{}-title", self.id)) {
                        title id=(format!("{}-title", self.id)) { (self.title) ". " (self.says) }
                        @for (at, bar) in self.bars.iter().enumerate() { (self.bar(at, bar, top)) }
                    }
                    div.days aria-hidden="true" { span { (first) } span { (last) } }
                }
                details {
                    summary { "The same as a table" }
                    div.wide tabindex="0" role="region" aria-label=(format!("{}, as a table", self.title)) {
                        table {
                            thead { tr {
                                th scope="col" { "Day" }
                                @for (name, _) in self.parts { th.number scope="col" { (name) } }
                            } }
                            tbody { @for bar in &self.bars { tr {
                                th scope="row" { (bar.label) }
                                @for part in &bar.parts { td.number { (part) } }
                            } } }
                        }
                    }
                }
            }
        }
    }

    fn bar(&self, at: usize, bar: &Bar, top: u64) -> Markup {
        let x = at * SLOT + (SLOT - BAR) / 2;
        let mut below = 0;
        let rects = self.parts.iter().zip(&bar.parts).map(|((name, class), value)| {
            let height = value * HEIGHT / top;
            let y = HEIGHT.saturating_sub(below + height);
            if self.is_stacked {
                below += height;
            }
            (name, class, value, y, height)
        });
        let rects: Vec<_> = rects.filter(|it| it.4 > 0).collect();
        html! {
            @for (name, class, value, y, height) in rects {
                rect.(class) x=(x) y=(y) width=(BAR) height=(height) {
                    title { (bar.label) ": " (value) " " (name) }
                }
            }
        }
    }
}

/// Rows of a histogram: label, count, class. The bars lie, so that any label has room.
pub(super) fn histogram(rows: &[(&str, u64, &str)]) -> Markup {
    let most = rows.iter().map(|it| it.1).max().unwrap_or(0).max(1);
    html! {
        table.bars {
            thead.unseen { tr { th scope="col" { "Time" } th scope="col" { "Leavers" } } }
            tbody {
                @for (label, count, class) in rows {
                    tr {
                        th scope="row" { (label) }
                        td {
                            svg height="14" width="100%" aria-hidden="true" {
                                rect.(class) height="14" rx="2" width=(format!("{}%", count * 85 / most)) {}
                            }
                            span { (count) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_ends_at_a_round_number() {
        for (value, top) in [(0, 1), (1, 1), (3, 5), (7, 10), (11, 20), (23, 50), (101, 200)] {
            assert_eq!(round_up(value), top, "{value}");
        }
    }
}
