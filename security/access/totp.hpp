// One-time codes of an authenticator app: TOTP (RFC 6238) over HMAC-SHA-1, six digits, thirty seconds, which
// is what all apps can do.
//
// Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace hutong::security {

inline constexpr std::size_t totp_secret_bytes = 20;  // RFC 4226 section 4, R6

std::uint64_t totp_step(TimePoint time);
std::string totp_code(ByteView secret, std::uint64_t step, unsigned digits = 6);

// The step whose code this is: now, or one before or after. Only one beyond `last` counts, so that no code is
// good twice; the caller keeps what is returned. All three are compared, whichever fits.
std::optional<std::uint64_t> match_totp(ByteView secret, std::string_view code, TimePoint now,
                                        std::uint64_t last);

std::string to_base32(ByteView bytes);  // RFC 4648 section 6, no padding
// otpauth://totp/…, as apps read it from a QR code.
std::string totp_uri(ByteView secret, const std::string& issuer, const std::string& name);

}  // namespace hutong::security
