// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! The rules of Snake on a grid.

/// Most cells of a grid: 32 columns and 22 rows, and some more.
const CELLS: usize = 1024;

/// A place on the grid.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    pub x: i8,
    pub y: i8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    Left,
    Right,
}

impl Direction {
    fn offset(self) -> (i8, i8) {
        match self {
            Direction::Up => (0, -1),
            Direction::Down => (0, 1),
            Direction::Left => (-1, 0),
            Direction::Right => (1, 0),
        }
    }

    fn is_opposite(self, other: Direction) -> bool {
        let ((x, y), (other_x, other_y)) = (self.offset(), other.offset());
        x + other_x == 0 && y + other_y == 0
    }
}

/// What a step did.
pub enum Step {
    /// The head went on and the tail left this cell.
    Moved { left: Cell },
    /// The head found the apple, and there is a new one.
    Ate,
    /// The head ran into something, or nothing is free any more.
    Over,
}

pub struct Game {
    columns: i8,
    rows: i8,
    /// A ring: the cells from the tail to the head.
    ring: [Cell; CELLS],
    tail: usize,
    length: usize,
    direction: Direction,
    /// Where the head really went last; a turn back into the neck is judged by this.
    went: Direction,
    apple: Cell,
    score: u32,
    random: u32,
}

impl Game {
    pub fn new(columns: i32, rows: i32, seed: u32) -> Self {
        let columns = columns.clamp(8, 32) as i8;
        let rows = rows.clamp(8, 32) as i8;
        let mut game = Self {
            columns,
            rows,
            ring: [Cell::default(); CELLS],
            tail: 0,
            length: 0,
            direction: Direction::Right,
            went: Direction::Right,
            apple: Cell::default(),
            score: 0,
            random: seed | 1,
        };
        for x in 1..=4 {
            game.push(Cell { x, y: rows / 2 });
        }
        game.place_apple();
        game
    }

    pub fn score(&self) -> u32 {
        self.score
    }

    pub fn apple(&self) -> Cell {
        self.apple
    }

    pub fn head(&self) -> Cell {
        self.ring[(self.tail + self.length - 1) % CELLS]
    }

    /// The cells from the tail to the head.
    pub fn body(&self) -> impl Iterator<Item = Cell> + '_ {
        (0..self.length).map(|place| self.ring[(self.tail + place) % CELLS])
    }

    /// Where the next step goes; a turn back is ignored.
    pub fn steer(&mut self, direction: Direction) {
        if !direction.is_opposite(self.went) {
            self.direction = direction;
        }
    }

    pub fn step(&mut self) -> Step {
        let (x, y) = self.direction.offset();
        let head = Cell { x: self.head().x + x, y: self.head().y + y };
        let inside = (0..self.columns).contains(&head.x) && (0..self.rows).contains(&head.y);
        // The tail leaves its cell in this step, unless the snake grows.
        let eats = head == self.apple;
        let body = self.body().skip(usize::from(!eats)).any(|cell| cell == head);
        if !inside || body {
            return Step::Over;
        }
        self.went = self.direction;
        if eats {
            self.push(head);
            self.score += 1;
            return if self.place_apple() { Step::Ate } else { Step::Over };
        }
        let left = self.ring[self.tail];
        self.tail = (self.tail + 1) % CELLS;
        self.length -= 1;
        self.push(head);
        Step::Moved { left }
    }

    fn push(&mut self, cell: Cell) {
        self.ring[(self.tail + self.length) % CELLS] = cell;
        self.length += 1;
    }

    /// Puts the apple on a free cell; `false` when there is none.
    fn place_apple(&mut self) -> bool {
        let cells = i32::from(self.columns) * i32::from(self.rows);
        let first = self.next_random() % cells as u32;
        for offset in 0..cells {
            let place = (first as i32 + offset) % cells;
            let columns = i32::from(self.columns);
            let cell = Cell { x: (place % columns) as i8, y: (place / columns) as i8 };
            if self.body().all(|own| own != cell) {
                self.apple = cell;
                return true;
            }
        }
        false
    }

    /// Marsaglia's xorshift: good enough for apples.
    fn next_random(&mut self) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random
    }
}
