// xmlsec1 set up once per process, with its error output led to the thread that caused it and nowhere else.
//
// Thread-safe.
#pragma once

#include <string>

#include "base/result.hpp"

namespace hutong::security {

// Idempotent. Error: internal, when the library cannot be set up.
Result<void> use_xmlsec();

// While it lives, what xmlsec1 reports on this thread is kept here. One per thread at a time.
class XmlsecErrors {
  public:
    XmlsecErrors();
    ~XmlsecErrors();
    XmlsecErrors(const XmlsecErrors&) = delete;
    XmlsecErrors& operator=(const XmlsecErrors&) = delete;
    const std::string& first() const { return first_; }  // the root cause, without paths; empty: none
    void add(std::string text);

  private:
    std::string first_;
};

}  // namespace hutong::security
