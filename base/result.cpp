#include "base/result.hpp"

namespace hutong {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return "invalid";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::refused:
            return "refused";
        case ErrorCode::limit:
            return "limit";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::timeout:
            return "timeout";
        case ErrorCode::corrupt:
            return "corrupt";
        case ErrorCode::internal:
            return "internal";
    }
    return "internal";
}

}  // namespace hutong
