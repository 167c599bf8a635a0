//! Rust, read by the compiler's own lexer.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, Token, TokenKind, tokenize};

use super::{Kind, Pieces};

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "type", "unsafe", "use", "where",
    "while",
];

const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// The pieces of some Rust, which need not be a whole item.
pub(super) fn pieces(code: &str) -> Pieces<'_> {
    let mut tokens = Vec::new();
    let mut start = 0;
    for Token { kind, len } in tokenize(code, FrontmatterAllowed::No) {
        let end = start + len as usize;
        tokens.push((kind, &code[start..end]));
        start = end;
    }
    let mut pieces = Pieces::new();
    let mut at = 0;
    while at < tokens.len() {
        let attribute = attribute(&tokens[at..]);
        if attribute > 0 {
            let attributes = &tokens[at..at + attribute];
            pieces.extend(attributes.iter().map(|(_, text)| (Some(Kind::Meta), *text)));
            at += attribute;
        } else {
            pieces.push((kind(&tokens, at), tokens[at].1));
            at += 1;
        }
    }
    joined(pieces, code)
}

/// How many tokens an attribute has that begins here: `#[derive(Debug)]`, `#![no_std]`.
fn attribute(tokens: &[(TokenKind, &str)]) -> usize {
    let begins = match tokens {
        [(TokenKind::Pound, _), (TokenKind::OpenBracket, _), ..] => true,
        [(TokenKind::Pound, _), (TokenKind::Bang, _), rest @ ..] => {
            matches!(rest, [(TokenKind::OpenBracket, _), ..])
        }
        _ => false,
    };
    let mut depth = 0;
    for (index, (kind, _)) in tokens.iter().enumerate().take_while(|_| begins) {
        match kind {
            TokenKind::OpenBracket => depth += 1,
            TokenKind::CloseBracket if depth == 1 => return index + 1,
            TokenKind::CloseBracket => depth -= 1,
            _ => {}
        }
    }
    0
}

fn kind(tokens: &[(TokenKind, &str)], at: usize) -> Option<Kind> {
    let (kind, text) = tokens[at];
    match kind {
        TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => Some(Kind::Comment),
        TokenKind::Literal { kind, .. } => Some(match kind {
            LiteralKind::Int { .. } | LiteralKind::Float { .. } => Kind::Number,
            _ => Kind::String,
        }),
        TokenKind::Lifetime { .. } | TokenKind::RawLifetime => Some(Kind::Symbol),
        TokenKind::Ident if matches!(text, "true" | "false") => Some(Kind::Literal),
        TokenKind::Ident if KEYWORDS.contains(&text) => Some(Kind::Keyword),
        TokenKind::Ident if is_macro(&tokens[at + 1..]) => Some(Kind::Macro),
        TokenKind::Ident | TokenKind::RawIdent if follows_fn(&tokens[..at]) => Some(Kind::Title),
        TokenKind::Ident if PRIMITIVES.contains(&text) || is_camel(text) => Some(Kind::Type),
        _ => None,
    }
}

/// Whether what follows a name makes it the name of a macro: `!`, but not `!=`.
fn is_macro(rest: &[(TokenKind, &str)]) -> bool {
    matches!(rest, [(TokenKind::Bang, _), (next, _), ..] if *next != TokenKind::Eq)
}

fn follows_fn(before: &[(TokenKind, &str)]) -> bool {
    let mut before = before.iter().rev();
    before.find(|(kind, _)| *kind != TokenKind::Whitespace) == Some(&(TokenKind::Ident, "fn"))
}

/// `TcpStream` and `T`, but not `MAX_LEN`.
fn is_camel(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_uppercase)
        && (name.len() == 1 || letters.any(char::is_lowercase))
}

/// With neighbours of one kind as one piece.
fn joined<'a>(pieces: Pieces<'a>, code: &'a str) -> Pieces<'a> {
    let mut joined = Pieces::new();
    let (mut start, mut end) = (0, 0);
    let mut of = None;
    for (kind, text) in pieces {
        if kind != of && end > start {
            joined.push((of, &code[start..end]));
            start = end;
        }
        of = kind;
        end += text.len();
    }
    joined.push((of, &code[start..end]));
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(code: &str) -> Vec<(Kind, &str)> {
        let found = pieces(code);
        let whole: String = found.iter().map(|(_, text)| *text).collect();
        assert_eq!(whole, code, "nothing is lost");
        found
            .into_iter()
            .filter_map(|(kind, text)| Some((kind?, text)))
            .collect()
    }

    #[test]
    fn what_is_what() {
        assert_eq!(
            kinds(
                "#[derive(Debug)]\nfn f<'a>(x: &'a mut Vec<u8>) -> bool { x.len() != MAX && println!(\"{}\", 0x1f) } // c"
            ),
            [
                (Kind::Meta, "#[derive(Debug)]"),
                (Kind::Keyword, "fn"),
                (Kind::Title, "f"),
                (Kind::Symbol, "'a"),
                (Kind::Symbol, "'a"),
                (Kind::Keyword, "mut"),
                (Kind::Type, "Vec"),
                (Kind::Type, "u8"),
                (Kind::Type, "bool"),
                (Kind::Macro, "println"),
                (Kind::String, "\"{}\""),
                (Kind::Number, "0x1f"),
                (Kind::Comment, "// c"),
            ]
        );
    }

    #[test]
    fn a_part_of_an_item_is_read_as_well_as_can_be() {
        assert_eq!(
            kinds("} else { \"open"),
            [(Kind::Keyword, "else"), (Kind::String, "\"open"),]
        );
        assert_eq!(kinds("#[open"), []);
        assert_eq!(kinds(""), []);
    }

    #[test]
    fn an_attribute_ends_with_its_own_bracket() {
        assert_eq!(kinds("#![a(b[0])] x"), [(Kind::Meta, "#![a(b[0])]")]);
    }
}
