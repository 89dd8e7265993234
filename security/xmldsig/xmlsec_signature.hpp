// What makes xmlsec1 verify by the rows it has no algorithm for: a transform class for each such row, and a
// key data class that carries our PublicKey.
//
// One set of functions serves every row; the row is found by the class's href. xmlsec1 still canonicalises
// and digests as for its own algorithms; only the signature value is verified by signature_value. The classes
// are made once and live as long as the process.
#pragma once

#include "security/xmldsig/public_key.hpp"

struct _xmlSecKeyData;

namespace hutong::security {

// The class of this row: xmlsec1's own where it has one, else ours.
XmlsecTransform xmlsec_class_of(const SignatureAlgorithm& algorithm);

// Classes of the further names that rows without one of xmlsec1's have.
std::span<const XmlsecTransform> xmlsec_classes_of_signature_names();

// The key as our key data, for rows whose class is ours; nullptr when there is no memory. To be destroyed
// by xmlsec1.
_xmlSecKeyData* make_key_data(const PublicKey& key);

}  // namespace hutong::security
