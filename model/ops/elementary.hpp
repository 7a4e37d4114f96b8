#pragma once

namespace tapewatch::model {

/// Elementary functions in nothing but basic operations, each rounded as IEEE 754 says: the C library's differ in the
/// last bit from one processor and version to the next, and so would scores. Within 2 units in the last place.
double natural_exp(double x);                // 0 below −708, infinite above 709
double natural_log(double x);                // of a positive, normal number
double power(double base, double exponent);  // base ≥ 0; of 0: 0, and 1 for the exponent 0
float hyperbolic_tangent(float x);

}  // namespace tapewatch::model
