package dev.darkroom.gateway.http;

import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of who may use the API from where.
 *
 * @param hosts names by which clients may call the gateway, each with a port or for any port, such
 *     as {@code pictures.example.com}, {@code *.example.com} or {@code [::1]:8080}; none for any
 * @param origins whose pages may use the API from a browser, besides the gateway's own
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
