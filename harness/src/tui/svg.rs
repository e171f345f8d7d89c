//! A screen as a picture for documents.
//!
//! Owns how cells look. Lines, blocks and braille dots are drawn as shapes, so that they join
//! whatever the reader's font is; everything else is text, each character in its cell.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Size of a cell.
const CELL: (f64, f64) = (8.4, 18.0);
/// Around the cells.
const MARGIN: f64 = 14.0;
/// Height of the bar on top.
const BAR: f64 = 30.0;
/// Distance of a text's base line from the top of its cell.
const BASE: f64 = 13.5;
const BACKGROUND: &str = "#15171c";
const FOREGROUND: &str = "#d7dae0";

/// Shapes of one colour.
#[derive(Debug, Default)]
struct Shapes {
    colour: &'static str,
    /// Thin lines.
    lines: String,
    /// Dots of braille.
    dots: String,
    /// Filled rectangles, with their opacity.
    blocks: String,
}

/// Returns the picture of a screen, under a title.
#[must_use]
pub fn svg(buffer: &Buffer, title: &str, description: &str) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let width = f64::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = f64::from(rows) * CELL.1 + 1.5 * MARGIN + BAR;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-labelledby=\"t d\">\n\
         <title id=\"t\">{}</title>\n<desc id=\"d\">{}</desc>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"{BACKGROUND}\"/>\n\
         <path d=\"M18 16h0M36 16h0M54 16h0\" stroke=\"#3a3f4b\" stroke-width=\"11\" \
         stroke-linecap=\"round\"/>\n\
         <g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"13.5\" fill=\"{FOREGROUND}\" xml:space=\"preserve\">\n\
         <text x=\"{:.1}\" y=\"20.5\" text-anchor=\"middle\" fill=\"#8b92a0\">{}</text>\n",
        escaped(title),
        escaped(description),
        width / 2.0,
        escaped(title),
    );
    let mut shapes: Vec<Shapes> = Vec::new();
    for y in 0..rows {
        for x in 0..columns {
            fill(buffer, (x, y), &mut out);
        }
    }
    for y in 0..rows {
        text(buffer, y, &mut shapes, &mut out);
    }
    for shape in &shapes {
        let colour = shape.colour;
        for (path, style) in [
            (&shape.blocks, format!("fill=\"{colour}\"")),
            (
                &shape.lines,
                format!("stroke=\"{colour}\" stroke-width=\"1.2\" fill=\"none\""),
            ),
            (
                &shape.dots,
                format!("stroke=\"{colour}\" stroke-width=\"2.8\" stroke-linecap=\"round\""),
            ),
        ] {
            if !path.is_empty() {
                append(&mut out, format_args!("<path {style} d=\"{path}\"/>\n"));
            }
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Fills the background of a cell where it has one, once for each run of cells.
fn fill(buffer: &Buffer, (x, y): (u16, u16), out: &mut String) {
    let ground = |x: u16| colours(&buffer[(x, y)]).1;
    let Some(colour) = ground(x) else { return };
    if x > 0 && ground(x - 1) == Some(colour) {
        return;
    }
    let run = (x..buffer.area.width).take_while(|x| ground(*x) == Some(colour));
    let (left, top) = corner(x, y);
    let width = f64::from(u16::try_from(run.count()).unwrap_or(1)) * CELL.0;
    let height = CELL.1;
    append(
        out,
        format_args!(
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height}\" \
             fill=\"{colour}\"/>\n"
        ),
    );
}

/// Writes the characters of a row, and collects what is drawn as shapes.
fn text(buffer: &Buffer, y: u16, shapes: &mut Vec<Shapes>, out: &mut String) {
    let style = |x: u16| {
        let cell = &buffer[(x, y)];
        (
            colours(cell).0,
            cell.modifier & (Modifier::BOLD | Modifier::DIM | Modifier::UNDERLINED),
        )
    };
    let mut x = 0;
    while x < buffer.area.width {
        let (colour, modifier) = style(x);
        let (mut characters, mut places) = (String::new(), String::new());
        while x < buffer.area.width && style(x) == (colour, modifier) {
            let symbol = buffer[(x, y)].symbol();
            let character = symbol.chars().next().unwrap_or(' ');
            if !shape(shapes, colour, character, corner(x, y)) && character != ' ' {
                characters.push_str(&escaped(symbol));
                append(&mut places, format_args!("{:.1} ", corner(x, y).0));
            }
            x += 1;
        }
        if characters.is_empty() {
            continue;
        }
        let mut attributes = String::new();
        if colour != FOREGROUND {
            append(&mut attributes, format_args!(" fill=\"{colour}\""));
        }
        if modifier.contains(Modifier::BOLD) {
            attributes.push_str(" font-weight=\"bold\"");
        }
        if modifier.contains(Modifier::DIM) {
            attributes.push_str(" opacity=\"0.6\"");
        }
        if modifier.contains(Modifier::UNDERLINED) {
            attributes.push_str(" text-decoration=\"underline\"");
        }
        let base = corner(0, y).1 + BASE;
        let places = places.trim_end();
        append(
            out,
            format_args!("<text x=\"{places}\" y=\"{base:.1}\"{attributes}>{characters}</text>\n"),
        );
    }
}

/// Adds a character that is drawn as a shape; returns false for any other.
fn shape(
    shapes: &mut Vec<Shapes>,
    colour: &'static str,
    character: char,
    (x, y): (f64, f64),
) -> bool {
    let at = shapes.iter().position(|shape| shape.colour == colour);
    let at = at.unwrap_or_else(|| {
        shapes.push(Shapes {
            colour,
            ..Shapes::default()
        });
        shapes.len() - 1
    });
    let shape = &mut shapes[at];
    let (width, height) = CELL;
    let (middle, centre) = (x + width / 2.0, y + height / 2.0);
    let (right, bottom) = (x + width, y + height);
    let lines = &mut shape.lines;
    match character {
        '─' => append(lines, format_args!("M{x:.1} {centre:.1}H{right:.1}")),
        '│' => append(lines, format_args!("M{middle:.1} {y:.1}V{bottom:.1}")),
        '└' => append(
            lines,
            format_args!("M{middle:.1} {y:.1}V{centre:.1}H{right:.1}"),
        ),
        '╭' => corner_path(lines, (middle, bottom), (right, centre)),
        '╮' => corner_path(lines, (middle, bottom), (x, centre)),
        '╰' => corner_path(lines, (middle, y), (right, centre)),
        '╯' => corner_path(lines, (middle, y), (x, centre)),
        '━' | '╸' => {
            let width = if character == '━' {
                width
            } else {
                width / 2.0
            };
            block(shape, (x, centre - 1.5), (width, 3.0));
        }
        '░' => block(shape, (x, y + 7.5), (width, 3.0)),
        '▁'..='█' => {
            let eighths = f64::from(u32::from(character) - u32::from('▁') + 1) / 8.0;
            let tall = height * eighths;
            block(shape, (x, bottom - tall), (width, tall));
        }
        '\u{2800}'..='\u{28ff}' => dots(shape, character, (x, y)),
        _ => return false,
    }
    true
}

/// Adds the round corner from a vertical to a horizontal end.
fn corner_path(lines: &mut String, from: (f64, f64), to: (f64, f64)) {
    let ((x, y), (to_x, to_y)) = (from, to);
    append(
        lines,
        format_args!("M{x:.1} {y:.1}Q{x:.1} {to_y:.1} {to_x:.1} {to_y:.1}"),
    );
}

fn block(shape: &mut Shapes, (x, y): (f64, f64), (width, height): (f64, f64)) {
    append(
        &mut shape.blocks,
        format_args!("M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}z"),
    );
}

/// Adds the dots of a braille pattern, whose bits are numbered as Unicode does: 1 to 3 and 7 on
/// the left, 4 to 6 and 8 on the right (Unicode 16, §21.1).
fn dots(shape: &mut Shapes, character: char, (x, y): (f64, f64)) {
    const PLACES: [(f64, f64); 8] = [
        (0.0, 0.0),
        (0.0, 1.0),
        (0.0, 2.0),
        (1.0, 0.0),
        (1.0, 1.0),
        (1.0, 2.0),
        (0.0, 3.0),
        (1.0, 3.0),
    ];
    let pattern = u32::from(character) - 0x2800;
    for (bit, (column, row)) in PLACES.iter().enumerate() {
        if pattern >> bit & 1 == 1 {
            let dot_x = x + CELL.0 * (0.25 + column / 2.0);
            let dot_y = y + CELL.1 * (0.125 + row / 4.0);
            append(&mut shape.dots, format_args!("M{dot_x:.1} {dot_y:.1}h0"));
        }
    }
}

/// Returns the upper left corner of a cell.
fn corner(x: u16, y: u16) -> (f64, f64) {
    (
        MARGIN + f64::from(x) * CELL.0,
        BAR + MARGIN / 2.0 + f64::from(y) * CELL.1,
    )
}

/// Returns the colours of a cell's character and of its background, if it has one.
fn colours(cell: &Cell) -> (&'static str, Option<&'static str>) {
    let front = colour(cell.fg).unwrap_or(FOREGROUND);
    let back = colour(cell.bg);
    if cell.modifier.contains(Modifier::REVERSED) {
        (back.unwrap_or(BACKGROUND), Some(front))
    } else {
        (front, back)
    }
}

/// Returns one of the sixteen colours; `None` is the terminal's own.
const fn colour(colour: Color) -> Option<&'static str> {
    Some(match colour {
        Color::Black => BACKGROUND,
        Color::Blue | Color::LightBlue => "#6cb0ff",
        Color::Cyan | Color::LightCyan => "#58c7d6",
        Color::DarkGray => "#7a8290",
        Color::Gray | Color::White => FOREGROUND,
        Color::Green | Color::LightGreen => "#8fcf7c",
        Color::LightMagenta | Color::Magenta => "#c58af0",
        Color::LightRed | Color::Red => "#ff7272",
        Color::LightYellow | Color::Yellow => "#f0c674",
        Color::Indexed(_) | Color::Reset | Color::Rgb(..) => return None,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn append(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("memory takes every text");
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn text_is_escaped_and_coloured_and_stands_in_its_cell() {
        let mut buffer = Buffer::with_lines(["a<b ⡇█"]);
        buffer.set_style(buffer.area, Style::new().fg(Color::Red));
        let picture = svg(&buffer, "x & y", "z");
        assert!(picture.contains("<title id=\"t\">x &amp; y</title>"));
        let text = "<text x=\"14.0 22.4 30.8\" y=\"50.5\" fill=\"#ff7272\">a&lt;b</text>";
        assert!(picture.contains(text), "{picture}");
        assert_eq!(picture.matches("h0").count(), 3 + 4, "{picture}");
    }
}
