/* tests/package/app_main.c -- stands in for the start-up of ESP-IDF. */
void app_main(void);

int main(void) {
  app_main();
  return 0;
}
