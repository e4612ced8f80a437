//! YAML as a tree in which everything knows its place.
//!
//! Deliberately less than YAML: no anchors, no tags, one document, text keys. What an IT admin
//! needs is here, and what makes a file mean something else than it seems to is not.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::error::{Position, Report};

/// A policy larger than this is not a policy. The example is a fiftieth of it.
const MAX_BYTES: usize = 1 << 20;

/// Lists and sections inside each other. The policy itself needs five.
const MAX_DEPTH: usize = 32;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Scalar(Scalar),
    List(Vec<Node>),
    /// In the order of the file, duplicates included: [`super::shape`] reports them.
    Map(Vec<(Word, Node)>),
}

/// A key.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) at: Position,
    pub(super) text: String,
}

/// A text, a number, `true`, `false` or nothing: YAML writes them all alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Written without quotes, so that `true` is a boolean and not a word.
    pub(super) is_plain: bool,
    layout: Layout,
}

/// How the text lies in the file, so that errors inside of it can be placed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Layout {
    /// On one line, starting here.
    Line(Position),
    /// `|`: line by line, starting here.
    Block(Position),
    /// Folded or escaped: only its beginning is known.
    Folded(Position),
}

impl Scalar {
    /// Where a character of the text stands in the file; both count from 0.
    pub(super) fn place(&self, line: u32, column: u32) -> Position {
        match self.layout {
            Layout::Line(start) if line == 0 => {
                Position { line: start.line, column: start.column + column }
            }
            Layout::Block(start) => {
                Position { line: start.line + line, column: start.column + column }
            }
            Layout::Line(start) | Layout::Folded(start) => start,
        }
    }

    /// Nothing was written, or one of YAML's words for nothing.
    pub(super) fn is_null(&self) -> bool {
        self.is_plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The boolean that this is.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self.text.as_str() {
            "true" | "True" | "TRUE" if self.is_plain => Some(true),
            "false" | "False" | "FALSE" if self.is_plain => Some(false),
            _ => None,
        }
    }
}

impl Node {
    /// What stands in for a value that was reported as missing.
    pub(super) const NOTHING: Self =
        Self { at: Position { line: 1, column: 1 }, kind: Kind::Map(Vec::new()) };

    /// The value of a key, when this is a section that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(it, _)| it.text == key).map(|(_, node)| node)
    }

    /// The keys and values; none when this is not a section.
    pub(super) fn entries(&self) -> &[(Word, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Scalar(_) | Kind::List(_) => &[],
        }
    }

    /// The items; none when this is not a list.
    pub(super) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Scalar(_) | Kind::Map(_) => &[],
        }
    }

    /// The scalar, when this is one.
    pub(super) fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(it) => Some(it),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The text; empty when this is not a scalar.
    pub(super) fn text(&self) -> &str {
        self.scalar().map_or("", |it| &it.text)
    }
}

/// Reads a whole file. On the first error in YAML itself there is no tree, since everything after
/// it would be guesswork.
pub(super) fn parse(text: &str, report: &mut Report) -> Option<Node> {
    let start = Position { line: 1, column: 1 };
    if text.len() > MAX_BYTES {
        let hint = "a policy is at most 1 MiB; keep long lists of people in Okta or in HR";
        report.error(start, format!("the file has {} bytes", text.len()), Some(hint.into()));
        return None;
    }
    let mut reader = Reader { open: Vec::new(), done: None, lines: text.lines().collect() };
    for event in Parser::new_from_str(text) {
        let problem = match event {
            Ok((event, span)) => match reader.take(event, span) {
                Ok(()) => continue,
                Err(problem) => problem,
            },
            Err(error) => Problem {
                at: Position {
                    line: number(error.marker().line()),
                    column: number(error.marker().col() + 1),
                },
                message: format!("this is not YAML: {}", error.info()),
                hint: if error.info().contains("mapping values") {
                    "quote a value that contains `: ` or ` #`, as every `? :` does"
                } else {
                    "check the indentation, the colon before it, and quotes that are not closed"
                },
            },
        };
        report.error(problem.at, problem.message, Some(problem.hint.into()));
        return None;
    }
    Some(reader.done.unwrap_or(Node { at: start, kind: Kind::Map(Vec::new()) }))
}

struct Problem {
    at: Position,
    message: String,
    hint: &'static str,
}

struct Reader<'t> {
    open: Vec<Open>,
    done: Option<Node>,
    lines: Vec<&'t str>,
}

enum Open {
    List(Position, Vec<Node>),
    Map(Position, Vec<(Word, Node)>, Option<Word>),
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let at = position(span);
        let problem = |message: &str, hint| Err(Problem { at, message: message.to_owned(), hint });
        match event {
            Event::Alias(_) => {
                return problem("anchors and aliases are not supported", "write the value out");
            }
            Event::Scalar(_, _, 1.., _)
            | Event::SequenceStart(1.., _)
            | Event::MappingStart(1.., _) => {
                return problem("anchors and aliases are not supported", "write the value out");
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                return problem(
                    "tags are not supported",
                    "remove the word that begins with `!`, or quote the text",
                );
            }
            Event::SequenceStart(0, None) => self.open.push(Open::List(at, Vec::new())),
            Event::MappingStart(0, None) => self.open.push(Open::Map(at, Vec::new(), None)),
            Event::Scalar(text, style, 0, None) => {
                let scalar = self.scalar(text.into_owned(), style, span);
                self.place(Node { at, kind: Kind::Scalar(scalar) })?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let node = match self.open.pop() {
                    Some(Open::List(at, items)) => Node { at, kind: Kind::List(items) },
                    Some(Open::Map(at, entries, _)) => Node { at, kind: Kind::Map(entries) },
                    None => return problem("unexpected end", "check the indentation"),
                };
                self.place(node)?;
            }
            Event::DocumentStart(_) if self.done.is_some() => {
                return problem("a second document begins here", "keep one policy in a file");
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
        if self.open.len() > MAX_DEPTH {
            return problem("sections are nested too deeply", "a policy needs five levels");
        }
        Ok(())
    }

    fn place(&mut self, node: Node) -> Result<(), Problem> {
        match self.open.last_mut() {
            None => self.done = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, pending)) => match (pending.take(), node.kind) {
                (Some(word), kind) => entries.push((word, Node { at: node.at, kind })),
                (None, Kind::Scalar(scalar)) => {
                    *pending = Some(Word { at: node.at, text: scalar.text });
                }
                (None, Kind::List(_) | Kind::Map(_)) => {
                    return Err(Problem {
                        at: node.at,
                        message: "a key must be a text".to_owned(),
                        hint: "quote a text that begins with `{` or `[`",
                    });
                }
            },
        }
        Ok(())
    }

    fn scalar(&self, text: String, style: ScalarStyle, span: Span) -> Scalar {
        let at = position(span);
        let is_one_line = span.start.line() == span.end.line();
        let layout = match style {
            ScalarStyle::Plain if is_one_line => Layout::Line(at),
            // With an escape inside, columns would drift: then only the beginning is certain.
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
                if is_one_line
                    && span.end.index() - span.start.index() == text.chars().count() + 2 =>
            {
                Layout::Line(Position { line: at.line, column: at.column + 1 })
            }
            ScalarStyle::Literal => {
                self.block_start(&text, at).map_or(Layout::Folded(at), Layout::Block)
            }
            ScalarStyle::Plain
            | ScalarStyle::SingleQuoted
            | ScalarStyle::DoubleQuoted
            | ScalarStyle::Folded => Layout::Folded(at),
        };
        Scalar { text, is_plain: style == ScalarStyle::Plain, layout }
    }

    /// Where the first line of a `|` block begins: at the `|` or below it.
    fn block_start(&self, text: &str, at: Position) -> Option<Position> {
        let first = text.lines().next()?;
        let from = usize::try_from(at.line).ok()?.checked_sub(1)?;
        let (skipped, line) =
            self.lines.get(from..)?.iter().enumerate().take(3).find_map(|(i, line)| {
                line.strip_suffix(first).filter(|indent| indent.trim().is_empty()).map(|it| (i, it))
            })?;
        Some(Position { line: at.line + number(skipped), column: number(line.chars().count() + 1) })
    }
}

fn position(span: Span) -> Position {
    Position { line: number(span.start.line()), column: number(span.start.col() + 1) }
}

fn number(raw: usize) -> u32 {
    u32::try_from(raw).unwrap_or(u32::MAX)
}
