package dev.darkroom.gateway.http.guard;

import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of host names and origins.
 *
 * @param hosts host names that the gateway serves, each with a port or for any port, such as {@code
 *     pictures.example.com}, {@code *.example.com} or {@code [::1]:8080}; none for any
 * @param origins other sites whose pages may use the API
 */
@Validated
@ConfigurationProperties("darkroom.web")
record WebSettings(
    @DefaultValue
        List<
                @Pattern(
                    regexp = "((\\*\\.)?[\\w-]+(\\.[\\w-]+)*|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?",
                    message = "must be a name or address, as in a Host header")
                String>
            hosts,
    @DefaultValue
        List<
                @Pattern(
                    regexp = "https?://([\\w-]+(\\.[\\w-]+)*|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?",
                    message = "must be an origin such as https://example.com, without a path")
                String>
            origins) {}
