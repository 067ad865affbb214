//! A node from start to start, and from one model to the next.

use std::{fs, path::PathBuf};

use super::super::{embed::tests::bundled, embed::tests::bundled_folder, eval::Scratch};
use super::*;

const KEY: Key = Key([1; 16]);

/// The bundled model under another name, and so another model.
fn renamed(folder: &Scratch, name: &str) -> PathBuf {
    let path = folder.0.join(name);
    if !path.exists() {
        std::os::unix::fs::symlink(bundled_folder(), &path).unwrap();
    }
    path
}

fn load(choice: &str) -> std::result::Result<Embedder, WhyNot> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Embedder::load(choice, &[root.join(".cache/runtime/libonnxruntime.so")], &[])
}

fn open(folder: &Scratch, name: &str) -> Meaning {
    let choice = renamed(folder, name);
    let vectors = folder.0.join("index");
    fs::create_dir_all(&vectors).unwrap();
    Meaning::open(&vectors, load(choice.to_str().unwrap()), load).unwrap()
}

fn learn(space: &Space, numbers: std::ops::Range<u128>) {
    for number in numbers {
        space.remember(Uuid::from_u128(number), KEY, &[vec![1.0; 8], vec![0.5; 8]]);
    }
}

fn files(folder: &Scratch) -> usize {
    fs::read_dir(folder.0.join("index")).unwrap().count()
}

#[test]
fn a_start_finds_what_the_last_run_knew() {
    if bundled().is_none() {
        return;
    }
    let folder = Scratch::new().unwrap();
    let meaning = open(&folder, "one");
    learn(&meaning.serving(), 0..3);
    meaning.forget(Uuid::from_u128(1));
    meaning.sync();
    drop(meaning);
    let space = open(&folder, "one").serving();
    assert_eq!(space.len(), 2);
    assert!(space.knows(Uuid::from_u128(2), KEY));
    assert!(!space.knows(Uuid::from_u128(1), KEY));
    assert!(!space.knows(Uuid::from_u128(2), Key::default()), "another text");
}

#[test]
fn a_new_model_comes_beside_the_former_and_takes_over_when_told() {
    if bundled().is_none() {
        return;
    }
    let folder = Scratch::new().unwrap();
    let first = open(&folder, "one");
    learn(&first.serving(), 0..3);
    drop(first);
    let meaning = open(&folder, "two");
    let (serving, coming) = (meaning.serving(), meaning.coming().unwrap());
    assert!(serving.model().unwrap().starts_with("one@") && serving.len() == 3);
    assert!(coming.model().unwrap().starts_with("two@") && coming.is_empty());
    assert_eq!(files(&folder), 2);
    learn(&coming, 0..3);
    assert!(!meaning.flip_to(&serving), "only the coming one can take over");
    assert!(meaning.flip_to(&coming));
    assert!(Arc::ptr_eq(&meaning.serving(), &coming) && meaning.coming().is_none());
    assert_eq!(files(&folder), 1, "the former's file has gone");
    drop((meaning, serving, coming));
    let later = open(&folder, "two");
    assert!(later.coming().is_none() && later.serving().len() == 3);
}

#[test]
fn a_change_of_mind_returns_to_the_model_that_knows_more() {
    if bundled().is_none() {
        return;
    }
    let folder = Scratch::new().unwrap();
    learn(&open(&folder, "one").serving(), 0..3);
    let halfway = open(&folder, "two");
    learn(&halfway.coming().unwrap(), 0..1);
    drop(halfway);
    let back = open(&folder, "one");
    assert!(back.serving().model().unwrap().starts_with("one@") && back.coming().is_none());
    assert_eq!((back.serving().len(), files(&folder)), (3, 1));
}

#[test]
fn a_former_model_that_cannot_be_loaded_leaves_the_field() {
    if bundled().is_none() {
        return;
    }
    let folder = Scratch::new().unwrap();
    learn(&open(&folder, "one").serving(), 0..3);
    fs::remove_file(folder.0.join("one")).unwrap();
    let meaning = open(&folder, "two");
    assert!(meaning.serving().model().unwrap().starts_with("two@") && meaning.coming().is_none());
    assert_eq!((meaning.serving().len(), files(&folder)), (0, 1));
}
