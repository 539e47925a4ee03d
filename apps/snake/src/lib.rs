// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

//! Snake: the four arrow buttons steer, A begins a new game when the last one is over. Each apple
//! makes the snake longer and faster. The best score is kept.
//!
//! `game` has the rules and draws nothing; this file has the device.

#![no_std]

mod game;

use core::fmt::Write;
use core::time::Duration;

use akira_sdk::display::{self, Color, Size};
use akira_sdk::input::{self, Button, Event};
use akira_sdk::text::Text;
use akira_sdk::{Result, kv, log, random, time};

use game::{Cell, Direction, Game, Step};

/// Pixels of a cell's side.
const CELL: i32 = 10;
/// Pixels at the top for the score.
const HEADER: i32 = 20;

const GROUND: Color = Color::rgb(16, 24, 16);
const SNAKE: Color = Color::rgb(80, 200, 80);
const HEAD: Color = Color::rgb(160, 255, 120);
const APPLE: Color = Color::rgb(230, 50, 40);

const BEST: &str = "best";

akira_sdk::entry!(main);

fn main() -> Result<()> {
    let size = display::size()?;
    let mut best = load()?;
    log!("{} x {} pixels, best score {best}", size.width, size.height);
    loop {
        let score = play(size, best)?;
        log!("game over, score {score}");
        if score > best {
            best = score;
            kv::set(BEST, &best.to_le_bytes())?;
        }
        show_end(size, score)?;
        wait_for(Button::A)?;
    }
}

/// One game, from its first picture to its last.
fn play(size: Size, best: u32) -> Result<u32> {
    let (columns, rows) = (size.width / CELL, (size.height - HEADER) / CELL);
    let mut game = Game::new(columns, rows, random::number()?);
    display::rect(0, 0, size.width, HEADER, Color::BLACK)?;
    display::rect(0, HEADER, size.width, size.height - HEADER, GROUND)?;
    for cell in game.body() {
        draw(cell, SNAKE)?;
    }
    draw(game.apple(), APPLE)?;
    show_score(size, 0, best)?;
    let mut due = time::since_boot();
    loop {
        display::flush()?;
        due += Duration::from_millis(pace(game.score()).into());
        while let Some(left) = due.checked_sub(time::since_boot()).filter(|left| !left.is_zero()) {
            if let Some(direction) = input::next_event(Some(left))?.and_then(steering) {
                game.steer(direction);
            }
        }
        let neck = game.head();
        match game.step() {
            Step::Moved { left } => draw(left, GROUND)?,
            Step::Ate => {
                draw(game.apple(), APPLE)?;
                show_score(size, game.score(), best)?;
            }
            Step::Over => return Ok(game.score()),
        }
        draw(neck, SNAKE)?;
        draw(game.head(), HEAD)?;
    }
}

/// Milliseconds from step to step.
fn pace(score: u32) -> u32 {
    160 - score.min(30) * 3
}

fn steering(event: Event) -> Option<Direction> {
    match event {
        Event::Button { button, pressed: true } => match button {
            Button::Up => Some(Direction::Up),
            Button::Down => Some(Direction::Down),
            Button::Left => Some(Direction::Left),
            Button::Right => Some(Direction::Right),
            _ => None,
        },
        _ => None,
    }
}

fn wait_for(wanted: Button) -> Result<()> {
    loop {
        match input::next_event(None)? {
            Some(Event::Button { button, pressed: true }) if button == wanted => return Ok(()),
            _ => {}
        }
    }
}

fn draw(cell: Cell, color: Color) -> Result<()> {
    // A pixel between the cells lets the body be seen as a line.
    let (x, y) = (i32::from(cell.x) * CELL, HEADER + i32::from(cell.y) * CELL);
    display::rect(x, y, CELL - 1, CELL - 1, color)
}

fn show_score(size: Size, score: u32, best: u32) -> Result<()> {
    let mut text = Text::<40>::new();
    // Two numbers fit.
    let _ = write!(text, "score {score}   best {best}");
    display::rect(0, 0, size.width, HEADER, Color::BLACK)?;
    display::text(6, 5, &text, Color::WHITE)
}

fn show_end(size: Size, score: u32) -> Result<()> {
    let mut text = Text::<40>::new();
    let _ = write!(text, "score {score}");
    let (x, y) = (size.width / 2 - 60, size.height / 2 - 30);
    display::rect(x, y, 120, 60, Color::BLACK)?;
    display::text_large(x + 15, y + 6, "game over", Color::YELLOW)?;
    display::text(x + 15, y + 28, &text, Color::WHITE)?;
    display::text(x + 15, y + 42, "A plays again", Color::GREY)?;
    display::flush()
}

/// The best score so far.
fn load() -> Result<u32> {
    let mut value = [0; 4];
    Ok(match kv::get(BEST, &mut value)? {
        Some(stored) => stored.try_into().map_or(0, u32::from_le_bytes),
        None => 0,
    })
}
