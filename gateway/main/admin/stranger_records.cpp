#include "gateway/main/admin/stranger_records.hpp"

namespace hutong::admin {

StrangerRecords::Due StrangerRecords::next(TimePoint now) {
    Due due;
    if (since_ + window <= now) {
        if (left_out_ != told_) due.left_out = left_out_;
        since_ = now;
        written_ = 0;
        left_out_ = told_ = 0;
    }
    if (written_ < most) {
        ++written_;
        due.itself = true;
        return due;
    }
    ++left_out_;
    std::uint64_t power = 1;
    while (power < left_out_) power *= 10;
    if (power == left_out_) due.left_out = told_ = left_out_;
    return due;
}

}  // namespace hutong::admin
