//! How far words and meaning are trusted, and what a score is worth: numbers that were fitted on judged pairs.
//!
//! They stand in a file together with what they rest on. `caunoi fit` writes such a file; laid into the data folder
//! as `weights.json` it takes the place of the built-in one.

use std::{fs, io::ErrorKind, path::Path};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::{Result, tongue::Tongue};

const BUILT_IN: &str = include_str!("weights.json");
/// Raised when the numbers change their sense.
pub const VERSION: u32 = 4;
/// The name of the file in a data folder.
pub const FILE: &str = "weights.json";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    pub version: u32,
    pub typed: Trusts,
    pub long: Trusts,
    pub calibration: Calibration,
    pub provenance: Provenance,
}

/// What questions trust, by the language they are in: the model reads English better than Vietnamese, and the lists of
/// the lexicon do not know the same number of terms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trusts {
    pub vietnamese: Trust,
    pub english: Trust,
}

/// The weight of words, 0 to 1; meaning has the rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Trust {
    /// Where question and document have a language in common, and the best answer by words stands out as it usually does.
    pub within: f32,
    /// Where they meet through the lexicon.
    pub across: f32,
}

impl Trusts {
    /// What a question in this language trusts; one in both is read as a Vietnamese one.
    pub fn of(self, tongue: Tongue) -> Trust {
        if tongue == Tongue::Other {
            self.english
        } else {
            self.vietnamese
        }
    }
}

/// From a fit to the share of pairs with such a fit that were judged right: 1 ÷ (1 + e^−(slope·fit + intercept)), after
/// Platt (1999).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    pub slope: f64,
    pub intercept: f64,
    /// The pairs it rests on, and how many of them were right.
    pub pairs: usize,
    pub right: usize,
}

/// What the numbers rest on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The day of the fit.
    pub fitted: String,
    /// The model whose meanings were seen.
    pub model: String,
    pub sets: Vec<SetFigures>,
    /// What the figures do not say.
    #[serde(default)]
    pub note: String,
}

/// nDCG@10 of one set when the weights were chosen: by either leg, by both with these weights, and with weights that
/// were chosen without this set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetFigures {
    pub set: String,
    pub typed: bool,
    pub questions: usize,
    pub words: f64,
    pub meaning: f64,
    pub fused: f64,
    pub left_out: f64,
}

impl Weights {
    /// Those of the data folder where it has some, else the built-in ones.
    pub fn load(data: &Path) -> Result<Self> {
        let path = data.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => Self::read(&text).with_context(|| path.display().to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::built_in(),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    pub fn built_in() -> Result<Self> {
        Self::read(BUILT_IN).context("the built-in weights")
    }

    fn read(text: &str) -> Result<Self> {
        let weights: Self = serde_json::from_str(text).context("these are no weights")?;
        anyhow::ensure!(
            weights.version == VERSION,
            "these weights are of version {}, this program reads version {VERSION}: run caunoi fit anew",
            weights.version
        );
        for trusts in [weights.typed, weights.long] {
            for trust in [trusts.vietnamese, trusts.english] {
                let sound = [trust.within, trust.across]
                    .iter()
                    .all(|weight| (0.0..=1.0).contains(weight));
                anyhow::ensure!(sound, "a weight lies outside 0 to 1");
            }
        }
        let Calibration { slope, intercept, .. } = weights.calibration;
        anyhow::ensure!(
            slope > 0.0 && slope.is_finite() && intercept.is_finite(),
            "a better fit must be worth more"
        );
        Ok(weights)
    }
}

impl Calibration {
    /// The share of right pairs among those with this fit, 0 to 1.
    pub fn share(&self, fit: f64) -> f64 {
        1.0 / (1.0 + (-(self.slope * fit + self.intercept)).exp())
    }

    /// The fit at which so many pairs are right.
    pub fn fit(&self, share: f64) -> f64 {
        ((share / (1.0 - share)).ln() - self.intercept) / self.slope
    }

    /// The curve that makes the judgements likeliest, by Newton's steps. Platt's targets keep it from certainty
    /// where few were judged. `None`: all were judged alike, or a better fit is not worth more.
    pub fn of(judged: &[(f64, bool)]) -> Option<Self> {
        const STEPS: usize = 100;
        let right = judged.iter().filter(|(_, right)| *right).count();
        let wrong = judged.len() - right;
        if right == 0 || wrong == 0 {
            return None;
        }
        let (yes, no) = (
            (count(right) + 1.0) / (count(right) + 2.0),
            1.0 / (count(wrong) + 2.0),
        );
        let mut found = Self {
            slope: 0.0,
            intercept: (count(right) / count(wrong)).ln(),
            pairs: judged.len(),
            right,
        };
        for _ in 0..STEPS {
            // Gradient and curvature of the log-likelihood in slope and intercept.
            let (mut by_slope, mut by_intercept, mut ss, mut si, mut ii) = (0.0, 0.0, 0.0, 0.0, 1e-9);
            for (fit, right) in judged {
                let share = found.share(*fit);
                let (off, spread) = (if *right { yes } else { no } - share, share * (1.0 - share));
                by_slope += off * fit;
                by_intercept += off;
                ss += spread * fit * fit;
                si += spread * fit;
                ii += spread;
            }
            let determinant = ss.mul_add(ii, -(si * si));
            if determinant.abs() < 1e-12 {
                break;
            }
            let slope = (ii * by_slope - si * by_intercept) / determinant;
            let intercept = (ss * by_intercept - si * by_slope) / determinant;
            found.slope += slope;
            found.intercept += intercept;
            if slope.abs() < 1e-9 && intercept.abs() < 1e-9 {
                break;
            }
        }
        (found.slope > 0.0 && found.slope.is_finite() && found.intercept.is_finite()).then_some(found)
    }
}

#[expect(clippy::cast_precision_loss, reason = "judged pairs are thousands at most")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs of which exactly the stated share is right at each fit.
    fn judged_as(shares: &[(f64, u32)]) -> Vec<(f64, bool)> {
        let at = |&(fit, right): &(f64, u32)| (0..100).map(move |number| (fit, number < right));
        shares.iter().flat_map(at).collect()
    }

    #[test]
    fn the_curve_says_what_was_judged() {
        let judged = judged_as(&[(0.4, 8), (0.5, 27), (0.6, 62), (0.7, 88)]);
        let found = Calibration::of(&judged).unwrap();
        for (fit, share) in [(0.4, 0.08), (0.5, 0.27), (0.6, 0.62), (0.7, 0.88)] {
            assert!((found.share(fit) - share).abs() < 0.03, "{found:?} at {fit}");
        }
        assert!((found.fit(found.share(0.55)) - 0.55).abs() < 1e-9);
        assert_eq!((found.pairs, found.right), (400, 185));
    }

    #[test]
    fn a_score_that_says_nothing_gets_no_curve() {
        assert_eq!(Calibration::of(&[(0.5, true), (0.6, true)]), None);
        assert_eq!(Calibration::of(&judged_as(&[(0.4, 80), (0.7, 20)])), None);
    }

    #[test]
    fn pairs_that_separate_cleanly_are_still_not_certain() {
        let judged: Vec<(f64, bool)> = (0..40).map(|at| (f64::from(at) / 40.0, at >= 20)).collect();
        let found = Calibration::of(&judged).unwrap();
        assert!(found.share(1.0) < 0.999 && found.share(1.0) > 0.9, "{found:?}");
    }

    #[test]
    fn weights_that_make_no_sense_are_refused() {
        let built_in = Weights::built_in().unwrap();
        let refused = |change: fn(&mut Weights)| {
            let mut weights = built_in.clone();
            change(&mut weights);
            let error = Weights::read(&serde_json::to_string(&weights).unwrap()).unwrap_err();
            error.to_string()
        };
        assert!(refused(|weights| weights.version = 99).contains("version 99"));
        assert!(refused(|weights| weights.long.english.within = 1.5).contains("outside"));
        assert!(refused(|weights| weights.calibration.slope = -1.0).contains("worth more"));
        assert!(Weights::read("{}").is_err());
    }
}
