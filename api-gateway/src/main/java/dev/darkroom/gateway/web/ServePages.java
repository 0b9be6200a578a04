package dev.darkroom.gateway.web;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** Each page is a file of its own; which job it shows, the script reads from the address. */
@Controller
final class ServePages {
  @GetMapping("/")
  String home() {
    return "forward:/index.html";
  }

  @GetMapping("/generate")
  String generate() {
    return "forward:/generate.html";
  }

  @GetMapping("/logs")
  String logs() {
    return "forward:/logs.html";
  }

  @GetMapping("/requests/{requestId}")
  String request() {
    return "forward:/request.html";
  }
}
