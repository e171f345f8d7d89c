//! A real browser, for as long as a test looks at a page.
//!
//! Owns how Chromium is started and asked. Every start has a limit; no name is resolved, so that
//! nothing can leave the machine.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// Longest that one start may take, in seconds.
const SECONDS_MAX: &str = "120";
/// What Chromium is asked to do without, on any machine.
const OPTIONS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=20000",
];

/// Which colours the reader prefers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    Dark,
    Light,
}

/// Chromium with a folder of its own, gone when the test ends.
pub(crate) struct Browser {
    folder: PathBuf,
}

/// What a page looks like at some width.
#[derive(Debug, Deserialize)]
pub(crate) struct Seen {
    /// Width of everything in it, all details open.
    pub(crate) width: u32,
    /// What it fetched.
    pub(crate) resources: u32,
    /// Pieces of text whose contrast was computed.
    pub(crate) checked: u32,
    /// Those that WCAG 2.1 §1.4.3 would not let pass.
    pub(crate) faint: Vec<String>,
    #[serde(rename = "dark")]
    pub(crate) is_dark: bool,
}

impl Browser {
    pub(crate) fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
        fs::remove_dir_all(&folder).ok();
        fs::create_dir_all(&folder).expect("the folder for tests can be written");
        Self { folder }
    }

    /// Lays a page out in a frame of this width and measures it.
    pub(crate) fn measure(&self, page: &str, width: u32, scheme: Scheme) -> Seen {
        let wrapper = format!(
            "<!DOCTYPE html><meta charset=utf-8><iframe id=f style='width:{width}px;height:900px;\
             border:0' srcdoc='{}'></iframe><script>{MEASURE}</script>",
            page.replace('&', "&amp;").replace('\'', "&#39;")
        );
        let told = self.told(&wrapper, scheme);
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told:.400}"))
    }

    /// Returns how many colours a screenshot of the page has.
    pub(crate) fn colours(&self, page: &str, scheme: Scheme) -> u32 {
        let shot = self.folder.join("shot.png");
        let option = format!("--screenshot={}", shot.display());
        self.run(page, scheme, &[&option, "--window-size=1200,1600"]);
        let picture = STANDARD.encode(fs::read(&shot).expect("a screenshot was taken"));
        let counter = format!("<!DOCTYPE html><script>const data='{picture}';{COLOURS}</script>");
        let told = self.told(&counter, Scheme::Light);
        told.parse().expect("a number was told")
    }

    /// Prints the page and returns how many sheets it takes.
    pub(crate) fn printed_pages(&self, page: &str) -> usize {
        let path = self.folder.join("page.pdf");
        let option = format!("--print-to-pdf={}", path.display());
        self.run(page, Scheme::Light, &[&option, "--no-pdf-header-footer"]);
        let pdf = fs::read(&path).expect("the page was printed");
        assert!(pdf.starts_with(b"%PDF"));
        let text = String::from_utf8_lossy(&pdf);
        text.matches("/Type /Page\n").count()
    }

    /// Opens a page that tells something as text of `<output>`.
    fn told(&self, page: &str, scheme: Scheme) -> String {
        let dom = self.run(page, scheme, &["--dump-dom"]);
        let after = dom.rsplit_once("<output>").map(|(_, after)| after);
        let told = after.and_then(|after| after.split_once("</output>"));
        let (told, _) = told.unwrap_or_else(|| panic!("nothing was told: {dom:.400}"));
        told.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    }

    fn run(&self, page: &str, scheme: Scheme, arguments: &[&str]) -> String {
        let path = self.folder.join("page.html");
        fs::write(&path, page).expect("the folder for tests can be written");
        let mut command = Command::new("timeout");
        command.args([SECONDS_MAX, "chromium"]).args(OPTIONS);
        command.arg(format!(
            "--user-data-dir={}",
            self.folder.join("profile").display()
        ));
        command.arg(match scheme {
            Scheme::Dark => "--blink-settings=preferredColorScheme=0",
            Scheme::Light => "--blink-settings=preferredColorScheme=1",
        });
        command.args(arguments);
        command.arg(format!("file://{}", path.display()));
        let output = command.output().expect("`timeout` and `chromium` start");
        assert!(output.status.success(), "chromium: {:?}", output.status);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// Opens all details in the frame, then tells its width, what it fetched, and which text is too
/// faint (WCAG 2.1, "contrast ratio" and "relative luminance").
const MEASURE: &str = r"
const frame = document.getElementById('f');
function rgb(text) { return text.match(/[\d.]+/g).map(Number); }
function linear(c) { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }
function light(c) { return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2]); }
function ratio(a, b) { const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05); }
function behind(node, view) {
  for (let e = node; e; e = e.parentElement) {
    const c = rgb(view.getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0.99) return c;
  }
  return [255, 255, 255];
}
frame.onload = () => {
  const doc = frame.contentDocument, view = frame.contentWindow;
  for (const d of doc.querySelectorAll('details')) d.open = true;
  let checked = 0;
  const faint = [];
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim(), e = walker.currentNode.parentElement;
    if (!words || ['TITLE', 'DESC', 'STYLE'].includes(e.tagName.toUpperCase())) continue;
    const style = view.getComputedStyle(e), svg = e.tagName === 'text';
    const size = parseFloat(style.fontSize), bold = style.fontWeight >= 700;
    const needed = size >= 24 || (size >= 18.66 && bold) ? 3 : 4.5;
    const colour = rgb(svg ? style.fill : style.color);
    let ground = behind(e, view);
    if (svg) {
      const box = e.getBBox(), x = box.x + box.width / 2, y = box.y + box.height / 2;
      for (const r of e.ownerSVGElement.querySelectorAll('rect')) {
        const b = r.getBBox(), fill = view.getComputedStyle(r).fill;
        if (x > b.x && x < b.x + b.width && y > b.y && y < b.y + b.height) ground = rgb(fill);
      }
    }
    checked += 1;
    const found = ratio(colour, ground);
    if (found < needed) faint.push(found.toFixed(2) + ' ' + words.slice(0, 40));
  }
  const out = document.createElement('output');
  out.textContent = JSON.stringify({
    width: doc.documentElement.scrollWidth, checked, faint: faint.slice(0, 8),
    resources: view.performance.getEntriesByType('resource').length,
    dark: view.matchMedia('(prefers-color-scheme: dark)').matches });
  document.body.append(out);
};
";

/// Counts the colours of a picture.
const COLOURS: &str = r"
const picture = new Image();
picture.onload = () => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, picture.width, picture.height).data;
  const seen = new Set(new Uint32Array(pixels.buffer));
  const out = document.createElement('output');
  out.textContent = seen.size;
  document.body.append(out);
};
picture.src = 'data:image/png;base64,' + data;
";
