// The structure of EncryptedKey, EncryptedData and ReferenceList, read strictly before any cryptography.
//
// XML Encryption 1.1 sections 3.1 to 3.6, narrowed to what WS-Security messages need (WS-I Basic Security
// Profile 1.1 section 9): every element at its place and nothing besides, ciphertext only by value. Views of
// the document. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/xml/document.hpp"
#include "security/xmlenc/algorithms.hpp"

namespace hutong::security {

struct EncryptedKeyShape {
    std::string id;  // empty: none
    const KeyTransport* transport{nullptr};
    xml::Element key_info;
    Bytes wrapped;
    std::vector<std::string> references;  // Ids of EncryptedData; empty: it has no ReferenceList
};

struct EncryptedDataShape {
    std::string id;
    bool content{false};  // Type: Content, else Element
    const ContentCipher* cipher{nullptr};
    std::string key_id;  // Id of the EncryptedKey that its KeyInfo refers to; empty: no KeyInfo
    Bytes sealed;
};

// Errors: refused, saying which rule was broken.
Result<EncryptedKeyShape> read_encrypted_key(xml::Element element);
Result<EncryptedDataShape> read_encrypted_data(xml::Element element);
Result<std::vector<std::string>> read_reference_list(xml::Element element);

}  // namespace hutong::security
