//! A file that was cut, confused or lost costs time, never a wrong answer.

use std::collections::BTreeMap;

use super::super::super::eval::Scratch;
use uuid::Uuid;

use super::super::super::vectors::Packed;
use super::super::Key;
use super::format::FRAME;
use super::*;

const MAKER: (&str, &str) = ("small@1", "bundled");

/// What a file holds, by the number of the document: how many rows each.
type Held = BTreeMap<u128, usize>;

fn open(folder: &Scratch) -> Result<(VectorFile, Held)> {
    let mut held = Held::new();
    let file = VectorFile::open(&folder.0, MAKER, |record| match record {
        Record::Put(id, _, rows) => held.insert(id.as_u128(), rows.len()),
        Record::Forget(id) => held.remove(&id.as_u128()),
    })?;
    Ok((file, held))
}

fn put(number: u128, rows: usize) -> Record {
    let row = Packed::new(&vec![0.5; 64]);
    Record::Put(Uuid::from_u128(number), Key([7; 16]), vec![row; rows])
}

fn close(mut file: VectorFile) {
    file.sync(std::iter::empty).unwrap();
}

/// Three documents, the second of them gone again.
fn written() -> (Scratch, PathBuf) {
    let folder = Scratch::new().unwrap();
    let (mut file, held) = open(&folder).unwrap();
    assert!(held.is_empty(), "a file that is missing is an empty one");
    for number in 1..=3 {
        file.append(&put(number, 2), None).unwrap();
    }
    file.append(&Record::Forget(Uuid::from_u128(2)), Some(2)).unwrap();
    close(file);
    let path = folder.0.join(name_of(MAKER.0));
    (folder, path)
}

fn held(folder: &Scratch) -> Held {
    open(folder).unwrap().1
}

#[test]
fn what_came_is_there_again_and_what_went_is_not() {
    let (folder, _) = written();
    assert_eq!(held(&folder), Held::from([(1, 2), (3, 2)]));
}

#[test]
fn a_torn_end_is_cut_and_the_file_goes_on_from_there() {
    let forgotten = framed(17);
    for cut in [1, forgotten - 1, forgotten + 3] {
        let (folder, path) = written();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(file.metadata().unwrap().len() - cut).unwrap();
        drop(file);
        let (mut file, before) = open(&folder).unwrap();
        assert!(
            before.contains_key(&1) && before.contains_key(&2),
            "{cut}: {before:?}"
        );
        file.append(&put(9, 1), None).unwrap();
        close(file);
        let mut after = before.clone();
        after.insert(9, 1);
        assert_eq!(held(&folder), after, "{cut}");
    }
}

#[test]
fn what_follows_a_changed_byte_is_not_believed() {
    let (folder, path) = written();
    let mut bytes = fs::read(&path).unwrap();
    let second = usize::try_from(head_length("small@1\nbundled".len()) + put_length(2, 64)).unwrap();
    bytes[second + FRAME + 40] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(held(&folder), Held::from([(1, 2)]));
}

#[test]
fn a_file_of_another_model_or_of_nobody_is_made_anew() {
    let (folder, path) = written();
    let other = VectorFile::open(&folder.0, ("small-2", "x"), |_| None).unwrap();
    drop(other);
    fs::rename(folder.0.join(name_of("small-2")), &path).unwrap();
    assert!(held(&folder).is_empty());
    fs::write(&path, "no vectors at all").unwrap();
    assert!(held(&folder).is_empty());
}

#[test]
fn the_files_of_other_models_are_told_by_who_made_them() {
    let (folder, path) = written();
    assert!(others(&folder.0, MAKER.0).unwrap().is_empty());
    let others = others(&folder.0, "another").unwrap();
    assert_eq!(others[0].path, path);
    assert_eq!((others[0].model.as_str(), others[0].choice.as_str()), MAKER);
}

#[test]
fn two_programs_do_not_write_one_file() {
    let (folder, _) = written();
    let (_first, _) = open(&folder).unwrap();
    let second = open(&folder).err().unwrap().to_string();
    assert!(second.contains("another writer"), "{second}");
}

#[test]
fn a_file_that_tells_mostly_of_what_is_gone_is_written_anew() {
    let (folder, path) = written();
    let (mut file, _) = open(&folder).unwrap();
    let mut before = Some(2);
    while file.length <= 2 * WORTH_THE_WORK {
        file.append(&put(1, 20), before).unwrap();
        before = Some(20);
    }
    file.sync(|| [put(1, 20), put(3, 2)].into_iter()).unwrap();
    file.append(&put(4, 1), None).unwrap();
    close(file);
    assert!(fs::metadata(&path).unwrap().len() < 10_000);
    assert_eq!(held(&folder), Held::from([(1, 20), (3, 2), (4, 1)]));
}
