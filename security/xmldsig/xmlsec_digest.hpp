// What makes xmlsec1 digest by the rows it has no algorithm for: a transform class for each such row.
//
// One set of functions serves every row; the row is found by the class's href. The classes are made once and
// live as long as the process.
#pragma once

#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

// The class of this row: xmlsec1's own where it has one, else ours.
XmlsecTransform xmlsec_class_of(const DigestAlgorithm& algorithm);

// Classes of the further names that such rows have.
std::span<const XmlsecTransform> xmlsec_classes_of_digest_names();

}  // namespace hutong::security
