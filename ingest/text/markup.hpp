#pragma once

namespace tapewatch::ingest {

/// The markup of a text as its source means it.
enum class Markup {
  literal,  ///< none: every character means itself, "use <b> for bold" (Atom's type="text", JSON Feed's content_text)
  plain,    ///< none is meant: a title is literal ("if a<b and c>d"), a body loses unmistakable tags
  html      ///< tags and character references
};

/// Of a document's two texts.
struct TextMarkup {
  Markup title = Markup::plain;
  Markup body = Markup::plain;
};

}  // namespace tapewatch::ingest
