// The bytes read from a connection and not yet used; gives its memory back between requests.
//
// Owned by one connection.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace hutong::http {

class ReadBuffer {
  public:
    std::string_view data() const { return {bytes_.get() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    bool held() const { return bytes_ != nullptr; }
    void consume(std::size_t count) { begin_ += count; }
    void commit(std::size_t count) { end_ += count; }

    // Free room behind the data, at least one byte unless the data fills `capacity`; what a buffer holds is
    // kept when it grows, and it never shrinks but by release().
    std::span<char> prepare(std::size_t capacity) {
        if (begin_ == end_) begin_ = end_ = 0;
        if (capacity > capacity_) {
            auto larger = std::make_unique_for_overwrite<char[]>(capacity);
            move_to(larger.get());
            bytes_ = std::move(larger);
            capacity_ = capacity;
        } else if (end_ == capacity_ && begin_ > 0) {
            move_to(bytes_.get());
        }
        return {bytes_.get() + end_, capacity_ - end_};
    }

    void release() {
        bytes_.reset();
        begin_ = end_ = capacity_ = 0;
    }

  private:
    void move_to(char* where) {
        if (end_ > begin_) std::memmove(where, bytes_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t begin_{0};
    std::size_t end_{0};
    std::size_t capacity_{0};
};

}  // namespace hutong::http
