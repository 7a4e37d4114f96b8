#pragma once

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "tests/model/tiny_model.hpp"

namespace tapewatch::model::test {

/// The encoder as in the papers, in double precision and without regard for speed: from the tensors of a TinyModel to
/// the last hidden states of one text.
class PlainEncoder {
 public:
  explicit PlainEncoder(const TinyModel& model) : model_(model) {}

  using Matrix = std::vector<std::vector<double>>;

  Matrix encode(const std::vector<std::int32_t>& ids) const {
    Matrix states;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      std::vector<double> row(hidden());
      for (std::size_t k = 0; k < hidden(); ++k) {
        row[k] = at("embeddings.word_embeddings.weight", static_cast<std::size_t>(ids[i]), k) +
                 at("embeddings.position_embeddings.weight", i, k) +
                 at("embeddings.token_type_embeddings.weight", 0, k);
      }
      states.push_back(row);
    }
    states = norm(states, "embeddings.LayerNorm");
    for (std::size_t i = 0; i < model_.shape().layers; ++i) {
      states = layer(states, "encoder.layer." + std::to_string(i) + ".");
    }
    return states;
  }

  /// The logits of a linear head on the mean state of the text.
  std::vector<double> text_logits(const Matrix& states, const std::string& head) const {
    std::vector<std::size_t> all(states.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return dense(mean_of(states, all), head)[0];
  }

  /// The attention point's logits for a mention of the tokens `mention` among `states` of the text.
  std::vector<double> entity_logits(const Matrix& states, const std::vector<std::size_t>& mention,
                                    const std::string& head = "heads.entity.classifier") const {
    const Matrix mean = mean_of(states, mention);
    const auto query = dense(mean, "heads.entity.query"), key = dense(states, "heads.entity.key"),
               value = dense(states, "heads.entity.value");
    auto attended = dense(look(query, key, value, model_.shape().entity_heads), "heads.entity.output");
    auto joined = mean;
    for (const double v : attended[0]) joined[0].push_back(0.5 * v * std::erfc(-v / std::sqrt(2.0)));
    return dense(joined, head)[0];
  }

 private:
  std::size_t hidden() const { return model_.shape().hidden; }

  Matrix mean_of(const Matrix& states, const std::vector<std::size_t>& tokens) const {
    Matrix mean(1, std::vector<double>(hidden()));
    for (const auto token : tokens) {
      for (std::size_t k = 0; k < hidden(); ++k) mean[0][k] += states[token][k] / static_cast<double>(tokens.size());
    }
    return mean;
  }

  double at(const std::string& name, std::size_t row, std::size_t column) const {
    const auto& tensor = model_.tensors.at(name);
    return tensor.values[row * (tensor.shape.size() > 1 ? tensor.shape[1] : 1) + column];
  }

  Matrix dense(const Matrix& x, const std::string& name) const {
    const std::size_t outputs = model_.tensors.at(name + ".bias").values.size();
    Matrix y(x.size(), std::vector<double>(outputs));
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t o = 0; o < outputs; ++o) {
        y[i][o] = at(name + ".bias", o, 0);
        for (std::size_t k = 0; k < x[i].size(); ++k) y[i][o] += x[i][k] * at(name + ".weight", o, k);
      }
    }
    return y;
  }

  Matrix norm(Matrix x, const std::string& name) const {
    for (auto& row : x) {
      double mean = 0, variance = 0;
      for (const double v : row) mean += v / static_cast<double>(row.size());
      for (const double v : row) variance += (v - mean) * (v - mean) / static_cast<double>(row.size());
      for (std::size_t k = 0; k < row.size(); ++k) {
        row[k] = (row[k] - mean) / std::sqrt(variance + 1e-12) * at(name + ".weight", k, 0) + at(name + ".bias", k, 0);
      }
    }
    return x;
  }

  Matrix attention(const Matrix& x, const std::string& prefix) const {
    const auto query = dense(x, prefix + "query");
    const std::size_t size = hidden() / model_.shape().heads;
    return look(query, dense(x, prefix + "key"), dense(x, prefix + "value"), query[0].size() / size);
  }

  Matrix look(const Matrix& q, const Matrix& k, const Matrix& v, std::size_t heads) const {
    const std::size_t size = q[0].size() / heads;
    Matrix context(q.size(), std::vector<double>(q[0].size()));
    for (std::size_t head = 0; head < heads; ++head) {
      for (std::size_t i = 0; i < q.size(); ++i) {
        std::vector<double> weights(k.size());
        double sum = 0;
        for (std::size_t j = 0; j < k.size(); ++j) {
          double score = 0;
          for (std::size_t d = head * size; d < (head + 1) * size; ++d) score += q[i][d] * k[j][d];
          weights[j] = std::exp(score / std::sqrt(static_cast<double>(size)));
          sum += weights[j];
        }
        for (std::size_t j = 0; j < k.size(); ++j) {
          for (std::size_t d = head * size; d < (head + 1) * size; ++d) context[i][d] += weights[j] / sum * v[j][d];
        }
      }
    }
    return context;
  }

  static Matrix sum(Matrix a, const Matrix& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t k = 0; k < a[i].size(); ++k) a[i][k] += b[i][k];
    }
    return a;
  }

  Matrix layer(const Matrix& x, const std::string& prefix) const {
    const auto context = attention(x, prefix + "attention.self.");
    const auto attended =
        norm(sum(dense(context, prefix + "attention.output.dense"), x), prefix + "attention.output.LayerNorm");
    auto inner = dense(attended, prefix + "intermediate.dense");
    for (auto& row : inner) {
      for (auto& value : row) value = 0.5 * value * std::erfc(-value / std::sqrt(2.0));
    }
    return norm(sum(dense(inner, prefix + "output.dense"), attended), prefix + "output.LayerNorm");
  }

  const TinyModel& model_;
};

}  // namespace tapewatch::model::test
