//! Pictures of figures, as plain shapes: where a bar stands and how a line of words is set. One unit is one
//! pixel, every picture is 800 wide; colours and faces are the style sheet's.

/// The shapes of a picture: lines lie below bars, words above them.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    pub height: i64,
    pub rules: Vec<Rule>,
    pub bars: Vec<Bar>,
    pub words: Vec<Words>,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub class: &'static str,
    pub x1: i64,
    pub y1: i64,
    pub x2: i64,
    pub y2: i64,
}

#[derive(Debug, Clone)]
pub struct Bar {
    pub class: &'static str,
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    /// What it stands for, for whoever points at it.
    pub told: String,
}

#[derive(Debug, Clone)]
pub struct Words {
    pub class: &'static str,
    pub x: i64,
    pub y: i64,
    /// start, middle or end.
    pub anchor: &'static str,
    pub turned: bool,
    pub text: String,
}

impl Chart {
    fn rule(&mut self, class: &'static str, (x1, y1): (i64, i64), (x2, y2): (i64, i64)) {
        self.rules.push(Rule {
            class,
            x1,
            y1,
            x2,
            y2,
        });
    }

    fn bar(&mut self, class: &'static str, (x, y): (i64, i64), (width, height): (i64, i64), told: String) {
        self.bars.push(Bar {
            class,
            x,
            y,
            width,
            height,
            told,
        });
    }

    fn words(
        &mut self,
        class: &'static str,
        (x, y): (i64, i64),
        anchor: &'static str,
        text: impl Into<String>,
    ) {
        self.words.push(Words {
            class,
            x,
            y,
            anchor,
            turned: false,
            text: text.into(),
        });
    }
}

/// A row of bars: its label, what is written at its end, and its parts one after another.
pub struct Row {
    pub label: String,
    pub value: String,
    pub parts: Vec<Part>,
}

pub struct Part {
    pub class: &'static str,
    pub count: i64,
    pub told: String,
}

/// Lying bars, one row below the other; the parts of a row stand end to end.
pub fn lying(rows: &[Row]) -> Chart {
    const LABELS: i64 = 190;
    const VALUES: i64 = 96;
    const PITCH: i64 = 34;
    const THICK: i64 = 22;
    let most = rows
        .iter()
        .map(|row| row.parts.iter().map(|part| part.count).sum::<i64>())
        .max()
        .unwrap_or(0);
    let room = 800 - LABELS - VALUES;
    let mut chart = Chart {
        height: PITCH * count(rows.len()) + 6,
        ..Chart::default()
    };
    for (at, row) in rows.iter().enumerate() {
        let top = PITCH * count(at) + 4;
        let middle = top + THICK / 2 + 4;
        chart.words("", (LABELS - 10, middle), "end", row.label.clone());
        let mut x = LABELS;
        for part in row.parts.iter().filter(|part| part.count > 0) {
            let width = (part.count * room / most.max(1)).max(2);
            chart.bar(part.class, (x, top), (width, THICK), part.told.clone());
            x += width;
        }
        chart.words("value", (x + 8, middle), "start", row.value.clone());
    }
    chart.rule("axis", (LABELS, 0), (LABELS, chart.height));
    chart
}

/// Standing bars over a line of time: for each label, one bar of every series.
pub fn standing(labels: &[String], series: &[(&'static str, Vec<(i64, String)>)]) -> Chart {
    const LEFT: i64 = 44;
    const TOP: i64 = 14;
    const BASE: i64 = 214;
    let most = series
        .iter()
        .flat_map(|(_, bars)| bars.iter().map(|(count, _)| *count))
        .max()
        .unwrap_or(0);
    let step = step_of(most);
    let top = (most.max(1) + step - 1) / step * step;
    let mut chart = Chart {
        height: 256,
        ..Chart::default()
    };
    let mut tick = 0;
    while tick <= top {
        let y = BASE - (BASE - TOP) * tick / top;
        chart.rule(if tick == 0 { "axis" } else { "tick" }, (LEFT, y), (800, y));
        chart.words("label", (LEFT - 8, y + 4), "end", tick.to_string());
        tick += step;
    }
    let places = count(labels.len()).max(1);
    let pitch = (800 - LEFT) / places;
    // At most fourteen labels fit below; the bars in between stand for themselves.
    let every = (places + 13) / 14;
    let width = ((pitch * 4 / 5) / count(series.len()).max(1)).clamp(1, 44);
    for (at, label) in labels.iter().enumerate() {
        let left = LEFT + (800 - LEFT) * count(at) / places;
        let first = left + (pitch - width * count(series.len())) / 2;
        for (nth, (class, bars)) in series.iter().enumerate() {
            let Some((number, told)) = bars.get(at) else {
                continue;
            };
            let height = (BASE - TOP) * number / top;
            if height > 0 {
                let x = first + width * count(nth);
                chart.bar(
                    class,
                    (x, BASE - height),
                    ((width - 1).max(1), height),
                    told.clone(),
                );
            }
        }
        if count(at) % every == 0 {
            chart.words("label", (left + pitch / 2, BASE + 20), "middle", label.clone());
        }
    }
    chart
}

/// A square of the grid: its shade from 0 to 9, what is written in it, what it stands for.
pub struct Square {
    pub shade: usize,
    pub text: String,
    pub told: String,
}

/// A grid of shades: names of the columns on top (turned), of the rows at the left.
pub fn grid(columns: &[String], rows: &[(String, Vec<Square>)]) -> Chart {
    const SHADES: [&str; 10] = [
        "heat-0", "heat-1", "heat-2", "heat-3", "heat-4", "heat-5", "heat-6", "heat-7", "heat-8", "heat-9",
    ];
    const LEFT: i64 = 200;
    const TOP: i64 = 112;
    const PITCH: i64 = 30;
    let wide = (800 - LEFT - 40) / count(columns.len()).max(1);
    let mut chart = Chart {
        height: TOP + PITCH * count(rows.len()) + 2,
        ..Chart::default()
    };
    for (at, column) in columns.iter().enumerate() {
        chart.words.push(Words {
            class: "label",
            x: LEFT + wide * count(at) + wide / 2,
            y: TOP - 8,
            anchor: "start",
            turned: true,
            text: column.clone(),
        });
    }
    for (down, (label, squares)) in rows.iter().enumerate() {
        let y = TOP + PITCH * count(down);
        chart.words("", (LEFT - 10, y + PITCH / 2 + 4), "end", label.clone());
        for (across, square) in squares.iter().enumerate() {
            let x = LEFT + wide * count(across);
            let shade = square.shade.min(9);
            chart.bar(SHADES[shade], (x, y), (wide - 3, PITCH - 3), square.told.clone());
            let class = if matches!(shade, 1 | 9) {
                "heat-text heat-text-end"
            } else {
                "heat-text"
            };
            if !square.text.is_empty() {
                chart.words(
                    class,
                    (x + (wide - 3) / 2, y + PITCH / 2 + 3),
                    "middle",
                    square.text.clone(),
                );
            }
        }
    }
    chart
}

/// The shade of a balance among balances of which the strongest is `most`: 5 is even, 6 to 9 too little is
/// offered, 4 to 1 too much, 0 neither is there.
pub fn shade(balance: i64, most: i64, is_empty: bool) -> usize {
    if is_empty {
        return 0;
    }
    let strength = (balance.abs() * 4 + most.max(1) - 1) / most.max(1);
    let strength = usize::try_from(strength.clamp(0, 4)).unwrap_or(4);
    if balance < 0 { 5 - strength } else { 5 + strength }
}

/// 1, 2, 5, 10, 20, 50 …: the smallest that needs at most six lines.
fn step_of(most: i64) -> i64 {
    let mut ten = 1;
    loop {
        for step in [ten, 2 * ten, 5 * ten] {
            if most <= step * 5 {
                return step;
            }
        }
        ten *= 10;
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_round_steps() {
        assert_eq!([0, 5, 6, 11, 49, 51, 250].map(step_of), [1, 1, 2, 5, 10, 20, 50]);
    }

    #[test]
    fn shades_tell_want_from_plenty() {
        assert_eq!(shade(0, 8, true), 0);
        assert_eq!(shade(0, 8, false), 5);
        assert_eq!(shade(1, 8, false), 6);
        assert_eq!(shade(8, 8, false), 9);
        assert_eq!(shade(-8, 8, false), 1);
        assert_eq!(shade(-1, 1, false), 1);
    }

    #[test]
    fn bars_stay_within_the_picture() {
        let part = |count| Part {
            class: "bar",
            count,
            told: String::new(),
        };
        let rows = [Row {
            label: "a".into(),
            value: "9".into(),
            parts: vec![part(6), part(3)],
        }];
        let chart = lying(&rows);
        assert!(chart.bars.iter().all(|bar| bar.x + bar.width <= 800 - 96));
        let labels: Vec<String> = (0..104).map(|week| week.to_string()).collect();
        let series = [("bar", labels.iter().map(|_| (7, String::new())).collect()); 1];
        let chart = standing(&labels, &series);
        assert!(
            chart
                .bars
                .iter()
                .all(|bar| bar.x + bar.width <= 800 && bar.y >= 14)
        );
        assert!(chart.words.len() < 30);
    }
}
