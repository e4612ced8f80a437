//! How deep the tree of an expression will be, measured before anybody builds it.
//!
//! The parser of CEL goes down once for each bracket and each operator, and so do we after it: an
//! expression that is short and deep would be the end of the stack, and of the process.

/// How deep the tree of an expression is at the most: brackets inside each other, and operators one
/// after the other, for `a + b + c` is `(a + b) + c`.
pub(super) fn depth(text: &str) -> usize {
    let mut levels = vec![Level::default()];
    let mut quote = None;
    let mut before = ' ';
    for (at, it) in text.char_indices() {
        let is_inside = levels.len() > 1;
        let level = levels.last_mut().expect("the outermost level is never closed");
        match (quote, it) {
            (Some(open), _) => quote = quote.filter(|_| it != open || before == '\\'),
            (None, '\'' | '"') => quote = Some(it),
            (None, '.') => level.members += 1,
            (None, '(' | '[' | '{') => {
                level.members += usize::from(it == '[');
                levels.push(Level::default());
            }
            (None, ')' | ']' | '}') if is_inside => {
                let inner = 1 + levels.pop().unwrap_or_default().depth();
                let level = levels.last_mut().expect("the outermost level is never closed");
                level.operand = level.operand.max(inner);
            }
            (None, ',') => *level = Level { deepest: level.depth(), ..Level::default() },
            (None, '&' | '|') => {
                level.deepest = level.depth();
                (level.operators, level.operand, level.members) = (0, 0, 0);
            }
            (None, '?') => level.choices += 1,
            // The second half of `==`, `!=`, `<=` and `>=`.
            (None, '=') if matches!(before, '=' | '!' | '<' | '>') => {}
            (None, '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!') => level.operate(),
            (None, 'i') if text[at..].starts_with("in ") && before.is_whitespace() => {
                level.operate();
            }
            (None, _) => {}
        }
        before = it;
    }
    // What was never closed is as deep as it is open.
    let innermost = levels.pop().unwrap_or_default().depth();
    let outwards = levels.iter().rev();
    outwards.fold(innermost, |inner, it| it.depth().max(inner + 1 + it.choices + it.operators))
}

/// What stands between two brackets, as far as it was read.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// `? :` one after the other.
    choices: usize,
    /// Operators since the last `&&` or `||`, which do not make a tree deeper.
    operators: usize,
    /// Dots and indexes since the last of them.
    members: usize,
    /// The deepest of what these operators join.
    operand: usize,
    /// The deepest of what came before.
    deepest: usize,
}

impl Level {
    fn operate(&mut self) {
        self.operators += 1;
        self.operand = self.operand.max(self.members);
        self.members = 0;
    }

    fn depth(&self) -> usize {
        self.deepest.max(self.choices + self.operators + self.operand.max(self.members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: usize) {
        assert_eq!(depth(text), expected, "{text}");
    }

    #[test]
    fn brackets_and_operators_in_a_row_go_deeper() {
        check("worker.title", 1);
        check("a + b + c", 2);
        check("a == b", 1);
        check("a <= b != c in d", 3);
        check("!!-a", 3);
        check("((a))", 2);
        check("((a + b) + c) + d", 5);
        check("a ? b : c ? d : e", 2);
        check("worker.title.upper().lower()", 3);
        check("a[0][1]", 2);
        // What is not closed is as deep as it is open.
        check("((((", 4);
    }

    #[test]
    fn what_stands_side_by_side_does_not() {
        check("a == b && c == d || e == f", 1);
        check("f(a, b + c, d)", 2);
        check("'((((' + \"a+b+c\\\"+d\"", 1);
    }
}
