// The Ids inside the Body while it goes by: whether one of them could be mistaken for another of the message.
//
// The rules are those of IdIndex, which has the Ids of everything else. Of each Id 8 bytes are kept, the
// value of a keyed hash, and at most so many as max_ids: a collision by chance is out of the question, one on
// purpose needs the key. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/xml/push_parser.hpp"
#include "security/xmldsig/ids.hpp"

namespace hutong::security {

class BodyIds {
  public:
    static constexpr std::size_t max_ids = 500'000;

    // `others`: of the document up to the Body's start tag; must outlive this.
    explicit BodyIds(const IdIndex& others);

    // A start tag below Body. Error: refused, naming an Id that occurs twice.
    Result<void> add(const xml::StartTag& tag);

  private:
    Result<void> add(std::string_view id, bool business);

    const IdIndex& others_;
    std::array<std::uint64_t, 2> key_;
    std::unordered_map<std::uint64_t, bool> seen_;  // whether it is business data's, which may repeat
};

}  // namespace hutong::security
