#include "gateway/http/body_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "gateway/http/coding.hpp"

namespace hutong::http {

namespace {

constexpr std::size_t block = 64u << 10;

// The bytes of a Piece when they are in memory.
std::optional<std::string_view> in_memory(const Piece& piece) {
    if (piece.payload == nullptr) return std::string_view(piece.text);
    if (!piece.payload->in_memory()) return std::nullopt;
    const std::string_view all = piece.payload->memory();
    if (piece.offset > all.size() || piece.length > all.size() - piece.offset) return std::nullopt;
    return all.substr(piece.offset, piece.length);
}

// Hands out a body in blocks of bounded size.
class Blocks {
  public:
    explicit Blocks(std::span<const Piece> pieces) : pieces_(pieces) {}

    // The next block; empty at the end. Error: the payload does not hold what the piece says.
    Result<std::string_view> next() {
        while (!pieces_.empty() && at_ == pieces_.front().size()) {
            pieces_ = pieces_.subspan(1);
            at_ = 0;
        }
        if (pieces_.empty()) return std::string_view{};
        const Piece& piece = pieces_.front();
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(block, piece.size() - at_));
        if (const auto bytes = in_memory(piece)) {
            at_ += wanted;
            return bytes->substr(at_ - wanted, wanted);
        }
        buffer_.resize(block);
        HUTONG_ASSIGN(const std::size_t got, piece.payload->read(piece.offset + at_, buffer_.data(), wanted));
        if (got == 0) return internal("a piece reaches beyond its payload");
        at_ += got;
        return std::string_view(buffer_.data(), got);
    }

  private:
    std::span<const Piece> pieces_;
    std::uint64_t at_{0};
    std::vector<char> buffer_;
};

Awaitable<Transfer> send_blocks(Stream& stream, std::string_view head, std::span<const Piece> body,
                                milliseconds standstill) {
    Blocks blocks(body);
    Transfer total;
    std::array<std::string_view, 2> views{head, {}};
    for (bool first = true;; first = false) {
        const auto bytes = blocks.next();
        if (bytes.has_error()) {
            total.error = asio::error::no_data;
            co_return total;
        }
        if (bytes->empty() && !first) co_return total;
        views[1] = *bytes;
        const std::span due = std::span(views).subspan(first ? 0 : 1);
        const Transfer sent = co_await stream.write(due, standstill);
        total.bytes += sent.bytes;
        total.error = sent.error;
        if (total.error) co_return total;
    }
}

void append_chunk(std::string& out, std::string_view bytes) {
    if (bytes.empty()) return;  // an empty chunk would end the body
    std::array<char, 16> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
    out.append(size.data(), end).append("\r\n").append(bytes).append("\r\n");
}

}  // namespace

Awaitable<Transfer> send_message(Stream& stream, std::string_view head, std::span<const Piece> body,
                                 milliseconds standstill) {
    std::array<std::string_view, 16> views;
    std::size_t count = 0;
    views[count++] = head;
    for (const Piece& piece : body) {
        const auto bytes = in_memory(piece);
        if (!bytes || count == views.size()) return send_blocks(stream, head, body, standstill);
        if (!bytes->empty()) views[count++] = *bytes;
    }
    // A coroutine of its own keeps the views alive; all is in memory, so one gathered write does.
    return [](Stream& to, std::array<std::string_view, 16> all, std::size_t used,
              milliseconds patience) -> Awaitable<Transfer> {
        co_return co_await to.write(std::span(all).first(used), patience);
    }(stream, views, count, standstill);
}

Awaitable<Transfer> send_gzipped(Stream& stream, std::string_view head, std::span<const Piece> body,
                                 milliseconds standstill) {
    Blocks blocks(body);
    GzipWriter gzip;
    Transfer total;
    std::string compressed;
    std::string out(head);
    for (bool last = false; !last;) {
        const auto bytes = blocks.next();
        if (bytes.has_error()) {
            total.error = asio::error::no_data;
            co_return total;
        }
        last = bytes->empty();
        gzip.write(*bytes, last, compressed);
        if (!last && compressed.size() < block) continue;
        append_chunk(out, compressed);
        compressed.clear();
        if (last) out += "0\r\n\r\n";
        const std::array<std::string_view, 1> view{out};
        const Transfer sent = co_await stream.write(view, standstill);
        total.bytes += sent.bytes;
        total.error = sent.error;
        if (total.error) co_return total;
        out.clear();
    }
    co_return total;
}

}  // namespace hutong::http
